from django.urls import path

from reports import views
from reports.views_official import lke_official

app_name = "reports"

urlpatterns = [
    path("laporan/penilaian/<uuid:assessment_id>/lke.pdf", views.lke_pdf, name="lke_pdf"),
    path("laporan/penilaian/<uuid:assessment_id>/lke.xlsx", views.lke_xlsx, name="lke_xlsx"),
    path(
        "laporan/penilaian/<uuid:assessment_id>/lke-resmi.xlsx", lke_official, name="lke_official"
    ),
    path("laporan/rekap/", views.recap, name="recap"),
    path("laporan/rekap.xlsx", views.recap_xlsx, name="recap_xlsx"),
]
