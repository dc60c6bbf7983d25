from typing import Any

import allauth.account.admin  # noqa: F401  (registers what is unregistered below)
import django.contrib.auth.admin  # noqa: F401
from allauth.account.models import EmailAddress
from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import Group
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.debug import sensitive_post_parameters

from accounts import rules, services
from accounts.errors import PasswordRefused, UserRefused
from accounts.forms import PasswordField
from accounts.models import User
from common.admin import ServiceAdmin

# Rights follow from the role; groups and confirmed addresses have no say here.
admin.site.unregister(Group)
admin.site.unregister(EmailAddress)


def _own_password_page(request: HttpRequest, extra_context: Any = None) -> HttpResponse:
    """Django's page would change the password past the service, its rules and the trail."""
    return redirect("password_change")


admin.site.password_change = _own_password_page


class UserForm(forms.ModelForm):
    class Meta:
        model = User
        fields = ("username", "name", "email", "role", "satker", "is_active")

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if self.errors:
            return values
        try:
            self._check(values)
        except UserRefused as refusal:
            self.add_error(refusal.field, str(refusal))
        return values

    def _check(self, values: dict[str, Any]) -> None:
        rules.checked_name(values["name"])
        rules.check_place(values["role"], values["satker"])
        if values.get("is_active", True):
            rules.check_satker_is_active(values["satker"])


class NewUserForm(UserForm):
    password = PasswordField(
        "Kata sandi awal",
        "new-password",
        help_text="Paling sedikit 12 karakter. Pengguna wajib menggantinya saat pertama masuk.",
    )

    class Meta(UserForm.Meta):
        fields = ("username", "name", "email", "role", "satker")

    def clean_username(self) -> str:
        try:
            return rules.checked_username(self.cleaned_data["username"])
        except UserRefused as refusal:
            raise forms.ValidationError(str(refusal)) from refusal

    def _check(self, values: dict[str, Any]) -> None:
        super()._check(values)
        person = User(username=values["username"], name=values["name"], email=values["email"])
        services.check_password_is_good(values["password"], person)


class GivenPasswordForm(forms.Form):
    password = PasswordField(
        "Kata sandi baru", "new-password", help_text="Paling sedikit 12 karakter."
    )


@admin.register(User)
class UserAdmin(ServiceAdmin):
    form = UserForm
    list_display = (
        "username",
        "name",
        "role",
        "satker",
        "is_active",
        "must_change_password",
        "last_login",
    )
    list_filter = ("role", "is_active", "must_change_password", "satker__kind")
    list_select_related = ("satker",)
    search_fields = ("username", "name", "satker__code__istartswith", "satker__name")
    search_help_text = "Nama pengguna, nama, kode atau nama satker."
    autocomplete_fields = ("satker",)
    ordering = ("username",)

    def get_form(
        self, request: HttpRequest, obj: User | None = None, change: bool = False, **kwargs: Any
    ) -> type[forms.ModelForm]:
        if obj is None:
            kwargs["form"] = NewUserForm
        return super().get_form(request, obj, change, **kwargs)

    def get_fields(self, request: HttpRequest, obj: User | None = None) -> list[str]:
        if obj is None:
            return [*NewUserForm.Meta.fields, "password"]
        return [*UserForm.Meta.fields, *self.get_readonly_fields(request, obj)[1:]]

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        if obj is None:
            return ()
        return ("username", "must_change_password", "last_login", "created_at", "password_page")

    @admin.display(description="kata sandi")
    def password_page(self, user: User) -> SafeString:
        url = reverse("admin:accounts_user_password", args=[user.pk])
        return format_html('<a href="{}">Beri kata sandi baru</a>', url)

    def save_model(
        self, request: HttpRequest, obj: User, form: forms.ModelForm, change: bool
    ) -> None:
        if change:
            _change(User.objects.get(pk=obj.pk), form, by=request.user)
        else:
            obj.pk = services.create_user(**form.cleaned_data, by=request.user).pk
        obj.refresh_from_db()

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.give_password)
        own = path("<int:user_id>/kata-sandi/", view, name="accounts_user_password")
        return [own, *super().get_urls()]

    @method_decorator(sensitive_post_parameters("password"))
    def give_password(self, request: HttpRequest, user_id: int) -> HttpResponse:
        """A page that gives a person another password, to be changed at the next sign-in."""
        user = get_object_or_404(User, pk=user_id)
        form = GivenPasswordForm(request.POST if request.method == "POST" else None)
        if form.is_valid():
            try:
                services.set_password(
                    user=user,
                    password=form.cleaned_data["password"],
                    must_change=True,
                    by=request.user,
                )
            except PasswordRefused as refusal:
                form.add_error("password", refusal.reasons)
            else:
                self.message_user(request, f"Kata sandi {user.username} diganti.", messages.SUCCESS)
                return redirect("admin:accounts_user_change", user.pk)
        context = {
            **self.admin_site.each_context(request),
            "title": f"Kata sandi baru untuk {user}",
            "form": form,
            "person": user,
            "opts": self.opts,
        }
        status = 422 if form.errors else 200
        return render(request, "accounts/admin_password.html", context, status=status)


def _change(user: User, form: forms.ModelForm, *, by: User) -> None:
    """Bring an account to what the form says, by one service for each kind of change."""
    values, changed = form.cleaned_data, set(form.changed_data)
    if changed & {"name", "email"}:
        services.change_details(user=user, name=values["name"], email=values["email"], by=by)
    if changed & {"role", "satker"}:
        services.change_role(user=user, role=values["role"], satker=values["satker"], by=by)
    if "is_active" in changed:
        services.set_active(user=user, active=values["is_active"], by=by)
