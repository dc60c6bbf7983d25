from django.urls import path

from notices import views

app_name = "notices"

urlpatterns = [
    path("kabar/", views.inbox, name="inbox"),
    path("kabar/dibaca/", views.read_all, name="read_all"),
    path("kabar/pengaturan/", views.mail_settings, name="settings"),
    path("kabar/<int:notice_id>/", views.open_notice, name="open"),
]
