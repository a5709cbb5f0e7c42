using System.Security.Cryptography;
using System.Text;
using ReparamPS.Policies.Problems;

namespace ReparamPS.Policies.Training;

/// <summary>What a run of policy training is: settings, problem, and the policy that it starts from.</summary>
/// <param name="Options">The settings.</param>
/// <param name="Problem">The problem, as text.</param>
/// <param name="Policy">The kind and sizes of the policy, as text.</param>
/// <param name="FirstParameters">The hash of the parameters that the run starts from.</param>
/// <param name="Variables">The values of the variables that the problem's functions read, as text; null in runs of versions that did not store them.</param>
internal sealed record PolicyRunSettings(PolicyTrainingOptions Options, string Problem, string Policy, string FirstParameters, IReadOnlyDictionary<string, string>? Variables = null)
{
    private static readonly string[] Later = [nameof(PolicyTrainingOptions.Generator), nameof(PolicyTrainingOptions.Momentum), nameof(PolicyTrainingOptions.WeightDecay)];
    private static readonly IReadOnlyDictionary<string, string> DefaultTexts = new PolicyTrainingOptions().Texts();

    /// <summary>Twelve hexadecimal digits: equal for equal settings, problem and first policy.</summary>
    public string RunId
    {
        get
        {
            // Settings that came later count only if they are changed, so that older runs keep their ids.
            IEnumerable<string> settings = Options.Texts().Where(entry => !Later.Contains(entry.Key) || entry.Value != DefaultTexts[entry.Key]).OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => $"{entry.Key}={entry.Value}");
            IEnumerable<string> variables = (Variables ?? new Dictionary<string, string>()).OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => $"${entry.Key}={entry.Value}");
            return Hash(Encoding.UTF8.GetBytes(string.Join('\n', [.. settings, Problem, Policy, FirstParameters, .. variables])))[..12];
        }
    }

    /// <summary>The settings of a run that starts from a policy as it is now.</summary>
    public static PolicyRunSettings Of(ControlProblem problem, Policy policy, PolicyTrainingOptions options)
    {
        policy.FitTo(problem);
        return new PolicyRunSettings(options, problem.Definition, policy.Definition, Hash(policy.Flat.Buffer.bytes), problem.Variables);
    }

    /// <summary>The variables whose values differ from those of an earlier run, as sentences' parts.</summary>
    public IEnumerable<string> ChangedVariables(PolicyRunSettings earlier)
    {
        if (earlier.Variables is not { } before || Variables is not { } now) return [];
        return before.Keys.Union(now.Keys, StringComparer.OrdinalIgnoreCase).Select(name => (Name: name, Before: Value(before, name), Now: Value(now, name))).Where(each => each.Before != each.Now)
            .Select(each => $"the variable ${each.Name} {(IsHash(each.Before) || IsHash(each.Now) ? "has another value" : $"is {each.Before} in that run and {each.Now} now")}");

        static string Value(IReadOnlyDictionary<string, string> variables, string name) => variables.FirstOrDefault(entry => entry.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value ?? "null";

        static bool IsHash(string value) => value.StartsWith('#') || value.StartsWith('[');
    }

    private static string Hash(ReadOnlySpan<byte> bytes) => Convert.ToHexString(SHA256.HashData(bytes)).ToLowerInvariant();
}
