"""Pages about people on one screen: the door, oneself, teams, the desk of the instance."""

from django.urls import URLPattern, URLResolver, path

from backend.accounts.pages import checks, credentials, door, glass, instance, leading, own, teams

urlpatterns: list[URLPattern | URLResolver] = [
    path("sign-up/", door.sign_up, name="sign-up"),
    path("sign-in/", door.sign_in, name="sign-in"),
    path("sign-out/", door.sign_out, name="sign-out"),
    path("sign-in/link/", door.ask_link, name="ask-link"),
    path("sign-in/link/<str:secret>/", door.use_link, name="use-link"),
    path("confirm/<str:secret>/", door.confirm, name="confirm"),
    path("password/forgotten/", door.forgotten, name="forgotten"),
    path("password/<str:secret>/", door.set_password, name="set-password"),
    path("check-mail/", door.check_mail, name="check-mail"),
    path("invitations/<str:secret>/", door.invitation, name="invitation"),
    path("me/", own.own_page, name="my-page"),
    path("me/mails/", own.wishes, name="my-wishes"),
    path("me/teams/<int:pk>/rank/", own.rank, name="my-rank"),
    path("me/data/", own.take_away, name="my-data"),
    path("me/credentials/", credentials.my_credentials, name="my-credentials"),
    path("me/credentials/<uuid:public_id>/give-up/", credentials.give_up, name="give-up-credential"),
    path("me/leave/", own.leave, name="leave"),
    path("me/tokens/", own.tokens, name="my-tokens"),
    path("me/tokens/<int:pk>/revoke/", own.revoke_token, name="revoke-token"),
    path("instance/", instance.accounts, name="instance-desk"),
    path("instance/accounts/<int:pk>/", instance.change_account, name="change-account"),
    path("instance/cycles/", glass.cycles, name="glass-cycles"),
    path("instance/cycles/<str:key>/", glass.cycle, name="glass-cycle"),
    path("instance/decisions/<int:pk>/take-back/", glass.take_back, name="take-back-glass"),
    path("instance/mail/", instance.mail, name="instance-mail"),
    path("instance/checks/", checks.checks, name="instance-checks"),
    path("instance/mail/<int:pk>/", instance.change_mail, name="change-mail"),
    path("join/", teams.join, name="join"),
    path("cycles/<str:cycle>/register/", teams.register, name="register-team"),
    path("registrations/files/<int:pk>/", teams.file_of, name="registration-file"),
    path("cycles/<str:cycle>/teams/<str:group>/", leading.team, name="team"),
    path("cycles/<str:cycle>/teams/<str:group>/people/", leading.crew, name="team-people"),
    path("cycles/<str:cycle>/teams/<str:group>/registration/", teams.complete, name="complete-registration"),
]
