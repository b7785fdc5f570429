from django.urls import path

from accounts.views import doors, institution, me

urlpatterns = [
    path("language/", doors.language_switch, name="language_switch"),
    path("theme/", doors.theme_switch, name="theme_switch"),
    path("role/", doors.role_switch, name="role_switch"),
    path("demo/sign-in/", doors.demo_sign_in, name="demo_sign_in"),
    path("terms/", doors.text, {"name": "terms"}, name="terms"),
    path("privacy/", doors.text, {"name": "privacy"}, name="privacy"),
    path("consent/", doors.consent, name="consent"),
    path("welcome/", doors.first_run, name="first_run"),
    path("welcome/about/", doors.first_run, {"step": 2}, name="first_run_about"),
    path("invitation/<str:token>/", doors.invitation, name="invitation"),
    path("me/", me.profile, name="profile"),
    path("me/security/", me.security, name="security"),
    path("me/security/sign-out-elsewhere/", me.sign_out_elsewhere, name="sign_out_elsewhere"),
    path("me/data/", me.my_data, name="my_data"),
    path("me/data/file/", me.my_data_file, name="my_data_file"),
    path("me/data/research/", me.research_consent, name="research_consent"),
    path("me/data/erase/", me.erase_me, name="erase_me"),
    path("me/events/", institution.audit, name="audit"),
    path("institution/<slug:slug>/people/", institution.institution_people, name="institution_people"),
    path("institution/<slug:slug>/keys/", institution.api_keys, name="api_keys"),
    path("institution/<slug:slug>/events/", institution.audit, name="institution_audit"),
    path("belonging/<int:pk>/role/", institution.belonging_role, name="belonging_role"),
    path("invitation/<int:pk>/withdraw/", institution.invitation_withdraw, name="invitation_withdraw"),
    path("key/<int:pk>/revoke/", institution.api_key_revoke, name="api_key_revoke"),
]
