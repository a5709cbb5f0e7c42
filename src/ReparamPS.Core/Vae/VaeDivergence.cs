using System.Globalization;
using ReparamPS.Runs;
using ReparamPS.Vae.Likelihoods;
using ReparamPS.Vae.Steps;

namespace ReparamPS.Vae;

/// <summary>Says when a run diverged, and which settings that comes from.</summary>
internal static class VaeDivergence
{
    /// <summary>The error.</summary>
    /// <param name="options">The run's settings.</param>
    /// <param name="runId">The run's name.</param>
    /// <param name="what">What is wrong.</param>
    /// <param name="epoch">The epoch, from 1 on.</param>
    /// <param name="step">Its step, from 1 on.</param>
    /// <param name="isStart">Whether it was so before weights moved.</param>
    /// <param name="isByWeight">Whether the weight of the KL term alone did it.</param>
    public static TrainingDivergedException Error(VaeOptions options, string runId, string what, int epoch, int step, bool isStart = false, bool isByWeight = false)
    {
        string settings = isByWeight ? Text(nameof(options.Beta), options.Beta) : isStart ? Start(options)
            : $"{Text(nameof(options.LearningRate), options.LearningRate)}, Optimizer {options.Optimizer}{(options.WeightDecay > 0 ? $", {Text(nameof(options.WeightDecay), options.WeightDecay)}" : "")} and {Text(nameof(options.GradientClip), options.GradientClip)}";
        string advice = isByWeight ? "Try a smaller Beta."
            : isStart ? "The weights had not changed yet, so the cause is one of these settings or the images. Change a setting, or check the values of the images."
            : $"Try a smaller LearningRate{(options.WeightDecay > 0 ? ", a smaller WeightDecay" : "")} or {(options.GradientClip == 0 ? "a positive GradientClip (0 means no limit)" : "a smaller GradientClip")}.";
        return new TrainingDivergedException($"Run {runId} diverged: {what}, at step {step} of epoch {epoch}, with {settings}. {advice}");
    }

    // The settings that the first loss depends on, where they can make it anything.
    private static string Start(VaeOptions options)
    {
        List<string> settings = [];
        if (options.InitializationMode == Initialization.Normal) settings.Add(Text(nameof(options.InitialScale), options.InitialScale));
        if (LikelihoodChoices.All[options.Likelihood](1) is GaussianLikelihood) settings.Add(Text(nameof(options.LikelihoodScale), options.LikelihoodScale));
        settings.Add(Text(nameof(options.Beta), options.Beta));
        settings.Add($"Posterior {options.Posterior}");
        return string.Join(", ", settings);
    }

    private static string Text(string name, double value) => $"{name} {value.ToString(CultureInfo.InvariantCulture)}";
}
