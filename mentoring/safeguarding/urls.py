from django.urls import path

from mentoring.safeguarding.views import apart

urlpatterns = [
    path("safety/", apart.safety, name="safety"),
    path("safety/people/<int:pk>/", apart.safety_person, name="safety_person"),
    path("safety/people/<int:pk>/block/", apart.block_make, name="block_make"),
    path("safety/blocks/<int:pk>/lift/", apart.block_lift, name="block_lift"),
    path("safety/relationships/<int:pk>/order/", apart.order_new, name="order_new"),
    path("safety/orders/<int:pk>/lift/", apart.order_lift, name="order_lift"),
    path("programmes/<slug:slug>/safety/", apart.safety_desk, name="safety_desk"),
]
