"""Networks under test: a class of multilayer perceptrons, driven by probing."""

from verify.networks.architecture import ACTIVATIONS, ORDERS, Architecture
from verify.networks.instance import Instance, NetworkError, Trained
from verify.networks.network import UNSAID, Driven, Network, NetworkFacts, open_network
from verify.networks.shape import Shape, Slot

__all__ = [
    "ACTIVATIONS",
    "ORDERS",
    "UNSAID",
    "Architecture",
    "Driven",
    "Instance",
    "Network",
    "NetworkError",
    "NetworkFacts",
    "Shape",
    "Slot",
    "Trained",
    "open_network",
]
