"""Pages about people on one screen: the door, oneself, teams, the desk of the instance."""

from django.urls import URLPattern, URLResolver, path

from backend.loading import pages

page = pages("backend.accounts.pages")

urlpatterns: list[URLPattern | URLResolver] = [
    path("sign-up/", page("door.sign_up"), name="sign-up"),
    path("sign-in/", page("door.sign_in"), name="sign-in"),
    path("sign-out/", page("door.sign_out"), name="sign-out"),
    path("sign-in/link/", page("door.ask_link"), name="ask-link"),
    path("sign-in/link/<str:secret>/", page("door.use_link"), name="use-link"),
    path("confirm/<str:secret>/", page("door.confirm"), name="confirm"),
    path("password/forgotten/", page("door.forgotten"), name="forgotten"),
    path("password/<str:secret>/", page("door.set_password"), name="set-password"),
    path("check-mail/", page("door.check_mail"), name="check-mail"),
    path("invitations/<str:secret>/", page("door.invitation"), name="invitation"),
    path("me/", page("own.own_page"), name="my-page"),
    path("me/mails/", page("own.wishes"), name="my-wishes"),
    path("me/teams/<int:pk>/rank/", page("own.rank"), name="my-rank"),
    path("me/data/", page("own.take_away"), name="my-data"),
    path("me/credentials/", page("credentials.my_credentials"), name="my-credentials"),
    path("me/credentials/<uuid:public_id>/give-up/", page("credentials.give_up"), name="give-up-credential"),
    path("me/leave/", page("own.leave"), name="leave"),
    path("me/tokens/", page("own.tokens"), name="my-tokens"),
    path("me/tokens/<int:pk>/revoke/", page("own.revoke_token"), name="revoke-token"),
    path("instance/", page("instance.accounts"), name="instance-desk"),
    path("instance/accounts/<int:pk>/", page("instance.change_account"), name="change-account"),
    path("instance/cycles/", page("glass.cycles"), name="glass-cycles"),
    path("instance/cycles/<str:key>/", page("glass.cycle"), name="glass-cycle"),
    path("instance/decisions/<int:pk>/take-back/", page("glass.take_back"), name="take-back-glass"),
    path("instance/mail/", page("instance.mail"), name="instance-mail"),
    path("instance/checks/", page("checks.checks"), name="instance-checks"),
    path("instance/mail/<int:pk>/", page("instance.change_mail"), name="change-mail"),
    path("join/", page("teams.join"), name="join"),
    path("cycles/<str:cycle>/register/", page("teams.register"), name="register-team"),
    path("registrations/files/<int:pk>/", page("teams.file_of"), name="registration-file"),
    path("cycles/<str:cycle>/teams/<str:group>/", page("leading.team"), name="team"),
    path("cycles/<str:cycle>/teams/<str:group>/people/", page("leading.crew"), name="team-people"),
    path("cycles/<str:cycle>/teams/<str:group>/registration/", page("teams.complete"), name="complete-registration"),
]
