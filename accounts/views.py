from allauth.account.views import LoginView
from allauth.decorators import rate_limit
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME, logout, update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts.errors import PasswordRefused, UserRefused
from accounts.forms import PasswordChangeForm, SignInForm
from accounts.services import change_own_password


class SignInView(LoginView):
    """allauth's sign-in, which answers 429 where an account or address tried too often."""

    template_name = "account/login.html"

    def form_invalid(self, form: SignInForm) -> HttpResponseBase:
        response = super().form_invalid(form)
        if form.throttled:
            response.status_code = 429
        return response


sign_in = SignInView.as_view()


@login_not_required
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Also where the sign-in has ended already: the wish is fulfilled."""
    logout(request)
    return redirect(settings.LOGOUT_REDIRECT_URL)


@sensitive_post_parameters("oldpassword", "password1", "password2")
@require_http_methods(["GET", "HEAD", "POST"])
@rate_limit(action="change_password")
def password_change(request: HttpRequest) -> HttpResponse:
    """Choose another password; the way to every page while one is given by someone else."""
    form = PasswordChangeForm(request.POST if request.method == "POST" else None)
    next_url = _safe_next(request)
    if form.is_valid():
        try:
            user = change_own_password(
                user=request.user,
                current=form.cleaned_data["oldpassword"],
                password=form.cleaned_data["password1"],
            )
        except PasswordRefused as refusal:
            form.add_error("password1", refusal.reasons)
        except UserRefused as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            update_session_auth_hash(request, user)
            messages.success(request, "Kata sandi Anda sudah diganti.")
            return HttpResponseRedirect(next_url or settings.LOGIN_REDIRECT_URL)
    return render(
        request,
        "accounts/password_change.html",
        {"form": form, "next": next_url, "forced": request.user.must_change_password},
        status=422 if form.errors else 200,
    )


def _safe_next(request: HttpRequest) -> str:
    """Where to go on afterwards; empty where nothing, or another site, is named."""
    name = REDIRECT_FIELD_NAME
    url = request.POST.get(name) or request.GET.get(name) or ""
    safe = url_has_allowed_host_and_scheme(
        url, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return url if safe and url.startswith("/") else ""
