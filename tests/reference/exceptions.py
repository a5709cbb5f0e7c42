"""Where more than 1e-9 (values) or 1e-6 (gradients of draws) is allowed, and why: (distribution, settings, property, tolerance, reason)."""

EXCEPTIONS = [
    ("TransformedDistribution", [1], "roundTrip", 1e-6, "under a decreasing transform a small probability is a large one of the base, found in its upper tail"),
    ("StudentT", [6], "gradient", 1e-2, "with a million degrees of freedom it is 1e-13 of the draw: what is left where the normal limit cancels"),
    ("FisherSnedecor", [6], "gradient", 1e-1, "with a million degrees of freedom it is 1e-13 of the draw: what is left where the limit cancels"),
]


def apply(content):
    """Writes the exceptions of a distribution into its settings."""
    for setting in content["settings"]:
        setting.pop("tolerances", None)
    for name, settings, prop, relative, reason in EXCEPTIONS:
        for i in settings if name == content["distribution"] else []:
            content["settings"][i].setdefault("tolerances", {})[prop] = {"relative": relative, "reason": reason}
