using Newtonsoft.Json;
using Newtonsoft.Json.Converters;

namespace ReparamPS.Inference;

/// <summary>What is optimized.</summary>
[JsonConverter(typeof(StringEnumConverter))]
public enum VariationalObjective
{
    /// <summary>The evidence lower bound, with the entropy in closed form.</summary>
    Elbo,

    /// <summary>The importance-weighted bound (Burda, Grosse, Salakhutdinov 2015, arXiv:1509.00519).</summary>
    Iwae,

    /// <summary>The evidence lower bound by path derivatives only, without the score term (Roeder, Wu, Duvenaud 2017, arXiv:1703.09194).</summary>
    StickingTheLanding,
}

/// <summary>How the objective is optimized.</summary>
[JsonConverter(typeof(StringEnumConverter))]
public enum VariationalOptimizer
{
    /// <summary>L-BFGS on frozen noise, which makes the objective a deterministic function.</summary>
    Lbfgs,

    /// <summary>Adam with fresh noise at each step.</summary>
    Adam,
}
