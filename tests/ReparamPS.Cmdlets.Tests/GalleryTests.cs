using System.Management.Automation;
using System.Text.RegularExpressions;

namespace ReparamPS.Cmdlets.Tests;

[Collection(ModuleCollection.Name)]
public sealed partial class GalleryTests(ModuleRunspace module) : IDisposable
{
    private static readonly string Examples = Path.Combine(ModuleRunspace.Root, "examples"), Script = Path.Combine(Examples, "50-charts.ps1");

    private readonly string folder = Directory.CreateTempSubdirectory("reparamps-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void The_script_makes_the_pictures_of_the_gallery()
    {
        module.Run("& $script -OutPath $folder", ("script", Script), ("folder", folder));
        string[] pictures = [.. Directory.GetFiles(Path.Combine(Examples, "gallery")).Select(path => Path.GetFileName(path)).Order()];
        Assert.InRange(pictures.Length, 6, 50);
        Assert.Equal(pictures, Directory.GetFiles(folder, "*.png").Select(path => Path.GetFileName(path)).Order());
        foreach (string picture in pictures)
        {
            byte[] shown = File.ReadAllBytes(Path.Combine(Examples, "gallery", picture)), made = File.ReadAllBytes(Path.Combine(folder, picture));
            // Another processor may round a coordinate differently.
            if (!shown.AsSpan().SequenceEqual(made)) AssertAlike(picture, Pixels(Path.Combine(Examples, "gallery", picture)), Pixels(Path.Combine(folder, picture)));
        }
        Assert.Contains("Plotly.newPlot", File.ReadAllText(Path.Combine(folder, "page.html")), StringComparison.Ordinal);
    }

    [Fact]
    public void The_manifold_script_takes_images_without_labels()
    {
        string images = Path.Combine(folder, "images.csv");
        File.WriteAllLines(images, Enumerable.Range(0, 40).Select(i => $"{i % 3},{i % 5},{i % 2},{i % 7}"));
        module.Run("& $script -DataPath $images -Epochs 1 -OutPath $folder", ("script", Path.Combine(Examples, "11-vae-manifold.ps1")), ("images", images), ("folder", folder));
        Assert.Equal(["latent.png", "manifold.png", "reconstructions.png", "samples.png"], Directory.GetFiles(folder, "*.png").Select(path => Path.GetFileName(path)).Order());
    }

    [Fact]
    public void The_manifold_script_takes_the_embedded_digits_without_arguments()
    {
        module.Run("& $script -Epochs 1 -OutPath $folder", ("script", Path.Combine(Examples, "11-vae-manifold.ps1")), ("folder", folder));
        Assert.Equal(4, Directory.GetFiles(folder, "*.png").Length);
    }

    [Fact]
    public void The_gallery_shows_every_kind_of_chart_with_the_command_of_the_script()
    {
        string readme = File.ReadAllText(Path.Combine(Examples, "README.md")), script = File.ReadAllText(Script);
        PSObject[] kinds = module.Run("[enum]::GetNames((Get-Command Export-Chart).Parameters['Kind'].ParameterType.GenericTypeArguments[0])");
        Assert.Equal(6, kinds.Length);
        Assert.All(kinds, kind => Assert.Contains($"\n## {kind}\n", readme, StringComparison.Ordinal));
        string[] commands = [.. Commands().Matches(readme).Select(match => match.Groups[1].Value.Trim())];
        Assert.InRange(commands.Length, 12, 50);
        foreach (string command in commands)
        {
            if (command.Contains("Show-Chart", StringComparison.Ordinal)) Assert.NotEmpty(module.Run(command));
            else Assert.Contains("        " + command + "\n", script, StringComparison.Ordinal);
        }
        Match[] pictures = Pictures().Matches(readme).ToArray();
        Assert.InRange(pictures.Length, 6, 50);
        foreach (Match picture in pictures) Assert.True(File.Exists(Path.Combine(Examples, picture.Groups[1].Value)), picture.Value);
    }

    private static void AssertAlike(string name, (byte[] Pixels, int Height, int Width) shown, (byte[] Pixels, int Height, int Width) made)
    {
        Assert.Equal((shown.Height, shown.Width), (made.Height, made.Width));
        int other = shown.Pixels.Zip(made.Pixels).Count(pair => Math.Abs(pair.First - pair.Second) > 64);
        Assert.True(other < 0.002 * shown.Pixels.Length, $"{name}: {other} pixels differ. Run examples/50-charts.ps1 and copy its pictures to examples/gallery.");
    }

    private (byte[] Pixels, int Height, int Width) Pixels(string path)
    {
        dynamic image = Assert.Single(module.Run("[ReparamPS.Data.Images.PngFile]::Read($picture)", ("picture", path))).BaseObject;
        return (image.Pixels, image.Height, image.Width);
    }

    [GeneratedRegex("```powershell\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Commands();

    [GeneratedRegex(@"!\[[^\]]+\]\(([^)]+)\)")]
    private static partial Regex Pictures();
}
