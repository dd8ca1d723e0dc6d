"""A small reference engine for reverse-mode differentiation of scalars, and an MLP on top."""

from microgradref.errors import DomainError
from microgradref.graph import Graph
from microgradref.network import MLP, Layer, Module, Neuron
from microgradref.training import SGD, squared_error, train
from microgradref.value import Value

__all__ = [
    "MLP",
    "SGD",
    "DomainError",
    "Graph",
    "Layer",
    "Module",
    "Neuron",
    "Value",
    "squared_error",
    "train",
]
