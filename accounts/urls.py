"""Sign-in, sign-out, password, and other people's accounts.

Of allauth's own addresses only those in use exist.

allauth looks its pages up as account_*; the rest of the project says login and logout.
"""

from django.urls import include, path

from accounts import views, views_accounts

_people = [
    path("", views_accounts.account_list, name="list"),
    path("baru/", views_accounts.new_account, name="new"),
    path("<int:user_id>/", views_accounts.account, name="account"),
    path("<int:user_id>/kata-sandi/", views_accounts.give_password, name="password"),
    path("<int:user_id>/aktif/", views_accounts.set_active, name="active"),
]

urlpatterns = [
    path("masuk/", views.sign_in, name="login"),
    path("masuk/", views.sign_in, name="account_login"),
    path("keluar/", views.sign_out, name="logout"),
    path("keluar/", views.sign_out, name="account_logout"),
    path("kata-sandi/", views.password_change, name="password_change"),
    path("kata-sandi/", views.password_change, name="account_change_password"),
    path("akun/", include((_people, "people"))),
]
