using System.Text.Json;
using ReparamPS.Data;
using ReparamPS.Messages;
using ReparamPS.Runs;
using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Policies.Training;

/// <summary>Policies as safetensors files: the parameters by name, and the settings as text beside them.</summary>
public static class PolicyModelFile
{
    private const string PolicyText = "policy", SettingsText = "settings", LinearName = "Linear", NeuralName = "Neural";

    private const string Advice = "Give the folder of a run (-OutPath of Invoke-PolicyTraining), or a file from Export-PolicyModel.";

    /// <summary>Writes a policy; the file appears whole or not at all.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="path">The file.</param>
    /// <param name="runId">The run that trained it; empty for none.</param>
    /// <exception cref="InvalidOperationException">The policy has no weights yet.</exception>
    public static void Save(Policy policy, string path, string runId = "")
    {
        NeuralPolicySettings? settings = (policy as NeuralPolicy)?.Settings;
        StoredTensors.Write(path, PolicyRun.Kind.ModelFormat, runId, policy.GetParameters(), (PolicyText, policy.Name), (SettingsText, settings is null ? "" : JsonSerializer.Serialize(settings)));
    }

    /// <summary>Reads a policy.</summary>
    /// <param name="path">The file, or the folder of a run.</param>
    /// <exception cref="DataFormatException">The file is truncated, damaged, or not a policy.</exception>
    public static Policy Load(string path)
    {
        RunFolder.CheckFinished(path, PolicyRun.Kind, Resuming(path));
        string file = Directory.Exists(path) ? Path.Combine(path, RunKind.ModelFile) : path;
        if (file != path && !File.Exists(file))
            throw new FileNotFoundException($"The folder '{ShortText.Of(path)}' holds no {RunKind.ModelFile}. {Advice}", file);
        try
        {
            return Read(file);
        }
        catch (DataFormatException error)
        {
            throw RunFolder.Advised(error, PolicyRun.Kind, Resuming, Advice);
        }
    }

    /// <summary>The warning that a policy is not the one of its run, because the run was extended and is not finished; null if there is nothing to warn of.</summary>
    /// <param name="path">The file, or the folder of a run.</param>
    public static string? WarningOf(string path) => RunFolder.ModelWarning(path, PolicyRun.Kind, folder => PolicyRun.Settings(folder)?.Iterations, Resuming);

    private static string Resuming(string folder) => $"Invoke-PolicyTraining with the same problem and policy, and -OutPath '{ShortText.Of(folder)}' -Resume";

    private static Policy Read(string file)
    {
        using StoredTensors stored = StoredTensors.Read(file, PolicyRun.Kind.ModelFormat, "a policy");
        try
        {
            Policy policy = stored[PolicyText] switch
            {
                LinearName => Linear(stored),
                NeuralName => Neural(stored),
                var other => throw NoPolicy(file, $"the kind of policy must be {LinearName} or {NeuralName}; the file states {ShortText.Quoted(other)}."),
            };
            stored.CheckLayout(policy.Flat.Layout, policy.DType);
            using var noGrad = no_grad();
            foreach ((string name, Tensor value) in policy.GetParameters()) value.copy_(stored.Tensors[name]);
            return policy;
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or (ArgumentException and not ShapeMismatchException) or OverflowException)
        {
            throw NoPolicy(file, $"the policy cannot be read: {(error is ArgumentException ? ShortText.Message(error) : JsonFault.Of(error))}", error);
        }
    }

    private static LinearPolicy Linear(StoredTensors stored)
    {
        Tensor gain = TensorOf(stored, "Gain");
        if (gain.dim() != 2) throw NoPolicy(stored.File, $"the policy's tensor 'Gain' must be a matrix; got {TensorShapes.Said(gain.shape)}.");
        return new LinearPolicy(new double[gain.shape[0], gain.shape[1]], [1], gain.dtype);
    }

    private static NeuralPolicy Neural(StoredTensors stored)
    {
        NeuralPolicySettings settings = JsonSerializer.Deserialize<NeuralPolicySettings>(stored[SettingsText]) ?? throw new JsonException("its settings are null.");
        var policy = new NeuralPolicy(settings);
        Tensor first = TensorOf(stored, "mean.0.weight"), scale = TensorOf(stored, Policy.ScaleName);
        if (first.dim() != 2 || scale.dim() != 1) throw NoPolicy(stored.File, "the policy's tensors do not have the shapes that its settings require.");
        stored.CheckLayout([.. policy.Layout((int)first.shape[1], (int)scale.shape[0])], policy.DType);
        policy.Allocate((int)first.shape[1], (int)scale.shape[0]);
        return policy;
    }

    private static Tensor TensorOf(StoredTensors stored, string name) => stored.Tensors.GetValueOrDefault(name) ?? throw NoPolicy(stored.File, $"the policy's tensor '{name}' is missing.");

    // Only another file helps.
    private static DataFormatException NoPolicy(string file, string problem, Exception? error = null) => new(file, problem, error) { IsOtherFormat = true };
}
