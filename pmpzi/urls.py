"""Every address: the apps' own lists, administration, health."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path

from assessments.views.questionnaire import home
from common import health
from common.views import accessibility
from common.views_components import components

admin.site.login = secure_admin_login(admin.site.login)
admin.site.site_header = "Administrasi PMPZI"
admin.site.site_title = "PMPZI"
admin.site.index_title = "Data dan catatan"

urlpatterns = [
    path("", home, name="home"),
    path("sehat", health.alive, name="alive"),
    path("siap", health.ready, name="ready"),
    path("aksesibilitas/", accessibility, name="accessibility"),
    path("komponen/", components, name="components"),
    path("admin/", admin.site.urls),
    path("", include("accounts.urls")),
    path("", include("notices.urls")),
    path("", include("assessments.urls")),
    path("", include("prerequisites.urls")),
    path("", include("reports.urls")),
    path("", include("teams.urls")),
]

handler400 = "common.views.bad_request"
handler403 = "common.views.permission_denied"
handler404 = "common.views.not_found"
handler429 = "common.views.too_many_requests"  # allauth's
handler500 = "common.views.server_error"
