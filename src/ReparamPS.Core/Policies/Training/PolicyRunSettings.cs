using System.Security.Cryptography;
using System.Text;
using ReparamPS.Policies.Problems;

namespace ReparamPS.Policies.Training;

/// <summary>What a run of policy training is: settings, problem, and the policy that it starts from.</summary>
/// <param name="Options">The settings.</param>
/// <param name="Problem">The problem, as text.</param>
/// <param name="Policy">The kind and sizes of the policy, as text.</param>
/// <param name="FirstParameters">The hash of the parameters that the run starts from.</param>
internal sealed record PolicyRunSettings(PolicyTrainingOptions Options, string Problem, string Policy, string FirstParameters)
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
            return Hash(Encoding.UTF8.GetBytes(string.Join('\n', [.. settings, Problem, Policy, FirstParameters])))[..12];
        }
    }

    /// <summary>The settings of a run that starts from a policy as it is now.</summary>
    public static PolicyRunSettings Of(ControlProblem problem, Policy policy, PolicyTrainingOptions options)
    {
        policy.FitTo(problem);
        return new PolicyRunSettings(options, problem.Definition, policy.Definition, Hash(policy.Flat.Buffer.bytes));
    }

    private static string Hash(ReadOnlySpan<byte> bytes) => Convert.ToHexString(SHA256.HashData(bytes)).ToLowerInvariant();
}
