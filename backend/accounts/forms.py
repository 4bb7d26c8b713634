"""What people type at the door and at their own page."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import available_timezones

from django import forms
from django.utils.translation import gettext_lazy as _

from games.playbooks.rules import Capability

if TYPE_CHECKING:  # a name of the type stubs only
    from django.utils.functional import _StrPromise

ADDRESS = _("E-mail address")

CAPABILITY_WORDS = {
    Capability.ORGANIZE: _("organize"),
    Capability.JUDGE: _("judge"),
    Capability.SUBMIT: _("hand in entries"),
    Capability.CAPTAIN: _("lead a team"),
    Capability.ADVISE: _("offer office hours"),
    Capability.FOLLOW: _("read as a member"),
}
LIVES = {"7": _("a week"), "30": _("30 days"), "90": _("90 days"), "366": _("a year")}


def email_field(label: "str | _StrPromise" = ADDRESS) -> forms.EmailField:
    """An address, with the browser's help."""
    return forms.EmailField(label=label, max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email"}))


def password_field(label: "str | _StrPromise", autocomplete: str, help_text: "str | _StrPromise" = "") -> forms.CharField:
    """A password. Nothing is trimmed, nothing is shown again."""
    widget = forms.PasswordInput(attrs={"autocomplete": autocomplete})
    return forms.CharField(label=label, strip=False, max_length=1000, widget=widget, help_text=help_text)


class SignInForm(forms.Form):
    email = email_field()
    password = password_field(_("Password"), "current-password")


class SignUpForm(forms.Form):
    name = forms.CharField(
        label=_("Your name"),
        max_length=200,
        help_text=_("As your team knows you."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = email_field()
    password = password_field(
        _("Password"), "new-password", _("At least 10 signs. A few words that do not belong together are good.")
    )


class EmailForm(forms.Form):
    email = email_field()


class PasswordForm(forms.Form):
    password = password_field(
        _("New password"), "new-password", _("At least 10 signs. A few words that do not belong together are good.")
    )


class MeForm(forms.Form):
    name = forms.CharField(label=_("Your name"), max_length=200)
    timezone = forms.ChoiceField(
        label=_("Time zone"),
        choices=lambda: [
            ("UTC", _("As my device says; UTC in mails")),
            *((one, one) for one in sorted(available_timezones() - {"UTC"})),
        ],
        help_text=_(
            "One that you choose holds on every page and in mails, on whatever device. For UTC everywhere choose Etc/UTC."
        ),
    )


class LeaveForm(forms.Form):
    """The address, typed to be sure. Its ids begin with their own name: it stands beside another form."""

    email = forms.EmailField(label=_("Your e-mail address, to be sure"), widget=forms.EmailInput(attrs={"autocomplete": "off"}))

    def __init__(self, data: Any = None, *, address: str) -> None:
        super().__init__(data, auto_id="leave_%s")
        self.address = address

    def clean_email(self) -> str:
        """It has to be one's own."""
        if self.cleaned_data["email"].strip().lower() != self.address:
            message = _("This is not the address of your account.")
            raise forms.ValidationError(message)
        return self.address


class TokenForm(forms.Form):
    name = forms.CharField(label=_("What it is for"), max_length=100, help_text=_("To recognise it by, such as: grading script."))
    life = forms.ChoiceField(label=_("Good for"), choices=list(LIVES.items()), initial="90")
    capabilities = forms.MultipleChoiceField(
        label=_("May only"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[(one.value, words) for one, words in CAPABILITY_WORDS.items()],
        help_text=_("Nothing chosen: everything that you may."),
    )
    cycles = forms.TypedMultipleChoiceField(
        label=_("Only in"),
        required=False,
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Nothing chosen: everywhere."),
    )

    def __init__(self, *args: Any, cycles: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["cycles"]
        assert isinstance(field, forms.TypedMultipleChoiceField)
        field.choices = cycles
        if not cycles:
            del self.fields["cycles"]

    @property
    def lasting(self) -> timedelta:
        """How long the token is good for."""
        return timedelta(days=int(self.cleaned_data["life"]))
