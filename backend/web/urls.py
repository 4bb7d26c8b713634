"""Every page of the game on one screen."""

from django.urls import URLPattern, URLResolver, path

from backend.web.pages import boards, ceremony, cycle, desk, entering, groups, home, marking, notices, rounds, style

C = "cycles/<str:cycle>/"
R = "cycles/<str:cycle>/rounds/<str:key>/"
B = "cycles/<str:cycle>/boards/<str:key>/"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("cycles/", home.cycles_page, name="cycles"),
    path("series/", home.series_list, name="series-list"),
    path("series/<str:key>/", home.series_page, name="series"),
    path(C, cycle.cycle_page, name="cycle"),
    path(f"{C}rules/", cycle.rules_page, name="rules"),
    path(f"{C}groups/", cycle.groups_page, name="groups"),
    path(f"{C}groups/<str:group>/", groups.group_page, name="group"),
    path(f"{C}decisions/", cycle.decisions_page, name="decisions"),
    path(B, boards.board, name="board"),
    path(f"{B}rows/", boards.board_rows, name="board-rows"),
    path(f"{B}snapshots/<int:number>/", boards.snapshot, name="snapshot"),
    path(f"{C}ceremony/", ceremony.ceremony_page, name="ceremony"),
    path(R, rounds.round_page, name="round"),
    path(f"{R}<str:challenge>/", rounds.challenge_page, name="challenge"),
    path(f"{R}<str:challenge>/entry/", entering.entry_page, name="entry"),
    path(f"{R}<str:challenge>/try/", entering.attempt, name="try"),
    path("entries/<int:pk>/versions/<int:number>/", entering.receipt, name="receipt"),
    path("entries/<int:pk>/withdraw/", entering.withdraw, name="withdraw"),
    path("desk/", desk.my_desk, name="desk"),
    path("desk/sheets/", marking.queue, name="queue"),
    path("desk/sheets/flagged/", marking.flagged, name="flagged-sheets"),
    path("desk/sheets/past/", marking.past, name="past-sheets"),
    path("desk/sheets/unconnected/", marking.unconnected, name="judging-unconnected"),
    path("desk/sheets/worker.js", marking.worker, name="judging-worker"),
    path("desk/sheets/<int:pk>/", marking.sheet_page, name="sheet"),
    path("desk/sheets/<int:pk>/flag/", marking.flag, name="flag-sheet"),
    path("desk/sheets/<int:pk>/recuse/", marking.recuse, name="recuse"),
    path(f"{C}desk/", desk.cycle_desk, name="cycle-desk"),
    path(f"{C}desk/steer/", desk.steer_cycle, name="steer-cycle"),
    path(f"{C}desk/people/", desk.roll_page, name="cycle-people"),
    path(f"{C}desk/people/mail/", desk.mail_progress, name="desk-mail-progress"),
    path(f"{C}desk/people/invite/", desk.invite_page, name="desk-invite"),
    path(f"{C}desk/people/people.csv", desk.roll_csv, name="desk-people-csv"),
    path(f"{C}desk/people/<int:pk>/", desk.change_place, name="desk-place"),
    path(f"{C}desk/registrations/", desk.registrations_page, name="desk-registrations"),
    path(f"{C}desk/registrations/accept/", desk.accept_all, name="desk-accept-all"),
    path(f"{C}desk/registrations/<int:pk>/", desk.settle_registration, name="settle-registration"),
    path(f"{C}desk/rounds/", desk.rounds_desk, name="desk-rounds"),
    path(f"{C}desk/rounds/<str:key>/", desk.round_desk, name="round-desk"),
    path(f"{C}desk/rounds/<str:key>/steer/", desk.steer, name="steer"),
    path("notices/", notices.notices_page, name="notices"),
    path("notices/read/", notices.read, name="read-notices"),
    path("notices/<int:pk>/", notices.follow, name="follow-notice"),
    path("notices/stop/<str:token>/", notices.stop_page, name="stop-mails"),
    path("style/", style.style, name="style"),
]
