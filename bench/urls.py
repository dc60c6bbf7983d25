from django.urls import include, path

from bench import views

urlpatterns = [
    path("bench/simpan/<int:row_id>/<int:group>/", views.save, name="bare_save"),
    path("bench/area/", views.area, name="bare_area"),
    path("", include("pmpzi.urls")),
]
handler400 = "common.views.bad_request"
handler403 = "common.views.permission_denied"
handler404 = "common.views.not_found"
handler429 = "common.views.too_many_requests"
handler500 = "common.views.server_error"
