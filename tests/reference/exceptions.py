"""Where more than 1e-9 (values) or 1e-6 (gradients of draws) is allowed, and why: (distribution, settings, property, tolerance, reason)."""

GAMMA_GRADIENT = "libtorch's own gradient of a gamma draw, kept so that draws and gradients are PyTorch's, is right to about 1e-4"

EXCEPTIONS = [
    ("Gamma", range(7), "gradient", 2e-4, GAMMA_GRADIENT),
    ("Chi2", range(6), "gradient", 2e-4, GAMMA_GRADIENT),
    ("InverseGamma", range(5), "gradient", 2e-4, GAMMA_GRADIENT),
    ("TransformedDistribution", [1], "roundTrip", 1e-8, "under a decreasing transform a small probability is a large one of the base, found in its upper tail"),
]


def apply(content):
    """Writes the exceptions of a distribution into its settings."""
    for setting in content["settings"]:
        setting.pop("tolerances", None)
    for name, settings, prop, relative, reason in EXCEPTIONS:
        for i in settings if name == content["distribution"] else []:
            content["settings"][i].setdefault("tolerances", {})[prop] = {"relative": relative, "reason": reason}
