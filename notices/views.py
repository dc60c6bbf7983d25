"""The inbox, and how a person is written to. Nobody sees another's, whatever the role."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.errors import UserRefused
from notices import services
from notices.forms import MailForm
from notices.mailing import mail_is_on
from notices.models import Notice

ROWS_ON_A_PAGE = 25


@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """Newest first. Looking at the list marks nothing as read."""
    rows = Notice.objects.of(request.user)
    page = Paginator(rows, ROWS_ON_A_PAGE).get_page(request.GET.get("halaman"))
    return render(request, "notices/inbox.html", {"page": page, "kept": services.KEPT_DAYS})


@require_POST
def open_notice(request: HttpRequest, notice_id: int) -> HttpResponse:
    """Marks it as read and leads to what it is about.

    A form and no link: what a browser fetches ahead must not count as read.
    """
    notice = get_object_or_404(Notice.objects.of(request.user), pk=notice_id)
    services.mark_read(user=request.user, notice=notice)
    return redirect(notice.url)


@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    services.mark_all_read(user=request.user)
    return redirect("notices:inbox")


@require_http_methods(["GET", "HEAD", "POST"])
def mail_settings(request: HttpRequest) -> HttpResponse:
    """One's own address and how often one is written to."""
    user = request.user
    initial = {"email": user.email, "rhythm": user.mail_rhythm}
    form = MailForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        try:
            services.choose_mail(user=user, **form.cleaned_data)
        except UserRefused as refusal:
            form.add_error("email", str(refusal))
        else:
            messages.success(request, "Pengaturan surel disimpan.")
            return redirect("notices:settings")
    return render(
        request,
        "notices/settings.html",
        {"form": form, "mail_is_on": mail_is_on()},
        status=422 if form.errors else 200,
    )
