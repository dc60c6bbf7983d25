"""Sign-in, sign-out, password. Of allauth's own addresses only those in use exist.

allauth looks its pages up as account_*; the rest of the project says login and logout.
"""

from django.urls import path

from accounts import views

urlpatterns = [
    path("masuk/", views.sign_in, name="login"),
    path("masuk/", views.sign_in, name="account_login"),
    path("keluar/", views.sign_out, name="logout"),
    path("keluar/", views.sign_out, name="account_logout"),
    path("kata-sandi/", views.password_change, name="password_change"),
    path("kata-sandi/", views.password_change, name="account_change_password"),
]
