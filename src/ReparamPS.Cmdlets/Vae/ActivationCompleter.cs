using System.Collections;
using ReparamPS.Cmdlets.Common;
using ReparamPS.Vae;

namespace ReparamPS.Cmdlets.Vae;

/// <summary>Completes the names of activations.</summary>
public sealed class ActivationCompleter : NameCompleter
{
    /// <inheritdoc/>
    protected override IEnumerable<string> Names(IDictionary boundParameters) => VaeActivations.Names;
}
