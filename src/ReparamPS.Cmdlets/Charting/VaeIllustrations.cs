using ReparamPS.Charting;
using ReparamPS.Data;
using ReparamPS.Data.Images;
using ReparamPS.Messages;
using ReparamPS.Sweeps.Store;
using ReparamPS.Vae;

namespace ReparamPS.Cmdlets.Charting;

/// <summary>The images of a sweep's run, if it trained a VAE.</summary>
internal static class VaeIllustrations
{
    private const int Samples = 64, Pairs = 16, Scale = 4, Gap = 2;

    /// <summary>Samples, and originals beside their reconstructions; nothing if the run left no VAE in its folder.</summary>
    /// <param name="folder">The sweep.</param>
    /// <param name="run">The run.</param>
    /// <param name="warn">Receives why images are left out.</param>
    public static IEnumerable<ReportBlock> Of(SweepFolder folder, RunRow run, Action<string> warn)
    {
        string path = folder.CheckpointFolder(run.Spec.Id);
        List<ReportBlock> blocks = [];
        try
        {
            if (Runs.RunFolder.KindOf(path) != VaeRun.Kind.Name)
            {
                if (IsTraining(folder.ReadCommand(run.Spec.Command)) && !Directory.Exists(path)) warn($"Images of the best run are left out: '{ShortText.Of(path)}', the folder of its model, does not exist.");
                return [];
            }
            using VaeModel model = VaeModelFile.Load(path);
            blocks.Add(new ParagraphBlock("Samples of the best run:"));
            blocks.Add(Grid(VaeUse.Sample(model, Samples, seed: 1), "Samples of the best run"));
            var reader = new VaeDataReader();
            if (reader.Read(model.Options).Test is null)
            {
                warn($"Test images of the best run are left out, because it was trained with {nameof(VaeOptions.TestFraction)} 0.");
                return blocks;
            }
            ImageDataSet images = VaeParts.Read(reader, model.Options, VaeParts.Names[0]);
            IReadOnlyList<VaeImage> pairs = [.. VaeUse.Reconstruct(model, images, Pairs)];
            blocks.Add(new ParagraphBlock("Test images, each followed by its reconstruction:"));
            blocks.Add(Grid(pairs, "Test images and reconstructions"));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException or DataFormatException)
        {
            warn($"Images of the best run are left out. {ShortText.Message(error)}");
        }
        return blocks;
    }

    // The sweep gives such a run its folder. A script may train without one.
    private static bool IsTraining(SweepCommand command) => command.Kind == SweepCommandKind.Command && command.Text.Equals("Invoke-VaeTraining", StringComparison.OrdinalIgnoreCase);

    private static ImageBlock Grid(IReadOnlyList<VaeImage> images, string description) => new(
        PngFile.Encode(ImageGrid.Compose([.. images.Select(image => image.Pixels)], images[0].Height, images[0].Width, VaeUse.SquareColumns(images), Scale, Gap)), description);
}
