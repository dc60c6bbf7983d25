from django.urls import path

from prerequisites import views

app_name = "prerequisites"

urlpatterns = [
    path("prasyarat/", views.institution, name="institution"),
    path("satker/<int:satker_id>/predikat/", views.grants, name="grants"),
]
