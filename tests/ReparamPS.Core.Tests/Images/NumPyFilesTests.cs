using System.IO.Compression;
using ReparamPS.Data;
using ReparamPS.Data.Images;
using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Core.Tests.Images;

/// <summary>Files that NumPy 1.24 wrote; tests/reference/make_numpy.py.</summary>
public sealed class NumPyFilesTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("reparamps-numpy-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("fortran-f8.npy", 1)]
    [InlineData("fortran-u2.npy", 16)]
    [InlineData("half.npy", 1)]
    [InlineData("half-big-endian.npy", 1)]
    [InlineData("one.npz", 1)]
    [InlineData("named.npz", 1)]
    [InlineData("named.npz/images", 1)]
    [InlineData("keras.npz/x_train", 16)]
    public void An_array_reads_in_row_order_whatever_its_type_and_order(string name, double maximum)
    {
        ImageDataSet images = ImageFiles.Read(Data(name), new ImageFileOptions { MaximumValue = maximum });
        Assert.Equal((2, 2, 3), (images.Count, images.Height, images.Width));
        using Tensor values = images.ToTensor(ScalarType.Float64, CPU);
        Assert.Equal(Enumerable.Range(0, 12).Select(i => i / 16.0), ManagedValues.ToDoubles(values));
    }

    [Fact]
    public void A_matrix_in_Fortran_order_is_one_row_per_image()
    {
        ImageDataSet images = ImageFiles.Read(Data("fortran-matrix.npy"), new ImageFileOptions { MaximumValue = 1 });
        Assert.Equal((2, 1, 6), (images.Count, images.Height, images.Width));
        using Tensor values = images.ToTensor(ScalarType.Float64, CPU);
        Assert.Equal(Enumerable.Range(0, 12).Select(i => i / 16.0), ManagedValues.ToDoubles(values));
    }

    [Fact]
    public void Booleans_are_black_and_white()
    {
        ImageDataSet images = ImageFiles.Read(Data("bool.npy"));
        Assert.Equal(1, images.MaximumValue);
        using Tensor values = images.ToTensor(ScalarType.Float64, CPU);
        Assert.Equal(Enumerable.Range(0, 12).Select(i => i % 3 == 0 ? 1.0 : 0.0), ManagedValues.ToDoubles(values));
    }

    [Fact]
    public void Labels_come_from_the_array_of_the_same_ending()
    {
        Assert.Equal([7, 3], ImageFiles.Read(Data("keras.npz/x_train")).Labels!);
        Assert.Equal([5], ImageFiles.Read(Data("keras.npz/X_TEST")).Labels!);
        Assert.Equal([7, 3], ImageFiles.Read(Data("named.npz")).Labels!);
        Assert.Null(ImageFiles.Read(Data("one.npz")).Labels);
    }

    [Theory]
    [InlineData("keras.npz", "Name one, as in")]
    [InlineData("keras.npz/z", "it has no array 'z'; its arrays are x_train, y_train, x_test, y_test")]
    [InlineData("keras.npz/y_test", "must have the shape (images, pixels)")]
    [InlineData("vectors.npz", "none of its arrays (a) holds numbers in the shape of images: (images, pixels), (images, rows, columns) or (images, rows, columns, 1).")]
    public void An_archive_without_one_array_of_images_names_its_arrays(string name, string problem) =>
        Assert.Contains(problem, Assert.Throws<DataFormatException>(() => ImageFiles.Read(Data(name))).Message, StringComparison.Ordinal);

    [Fact]
    public void Names_of_arrays_may_have_slashes()
    {
        string path = Path.Combine(folder, "nested.npz");
        using (ZipArchive from = ZipFile.OpenRead(Data("keras.npz")), to = ZipFile.Open(path, ZipArchiveMode.Create))
        {
            foreach (ZipArchiveEntry entry in from.Entries)
            {
                string[] parts = Path.GetFileNameWithoutExtension(entry.FullName).Split('_');
                using Stream source = entry.Open(), target = to.CreateEntry($"set/{parts[1]}/{parts[0]}.npy").Open();
                source.CopyTo(target);
            }
        }
        Assert.Contains($"Name one, as in '{path}/set/train/x'.", Assert.Throws<DataFormatException>(() => ImageFiles.Read(path)).Message, StringComparison.Ordinal);
        ImageDataSet train = ImageFiles.Read($"{path}/set/train/x"), test = ImageFiles.Read($"{path}/set/test/x");
        Assert.Equal((ImageFiles.Read(Data("keras.npz/x_train")).Hash, ImageFiles.Read(Data("keras.npz/x_test")).Hash), (train.Hash, test.Hash));
        Assert.Equal([7, 3], train.Labels!);
        Assert.Equal([5], test.Labels!);
        Assert.Contains("it has no array 'set/train/z'", Assert.Throws<DataFormatException>(() => ImageFiles.Read($"{path}/set/train/z")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_archive_is_named_without_its_array()
    {
        string path = Path.Combine(folder, "none.npz");
        Assert.Equal($"The data file '{path}' does not exist.", Assert.Throws<FileNotFoundException>(() => ImageFiles.Read(path + "/x_train")).Message);
    }

    [Theory]
    [InlineData("keras.npz/x_train", false)]
    [InlineData("keras.npz", false)]
    [InlineData("half.npy", false)]
    [InlineData("none.npz/x_train", true)]
    [InlineData("none.csv", true)]
    public void Only_CSV_files_have_a_column_of_labels(string name, bool isCsv) => Assert.Equal(isCsv, ImageFiles.IsCsv(Data(name)));

    [Theory, InlineData("keras.npz"), InlineData("one.npz")]
    public void Every_damage_to_an_archive_is_an_error_or_does_not_matter(string name)
    {
        byte[] whole = File.ReadAllBytes(Data(name));
        string path = Path.Combine(folder, name), wanted = name == "keras.npz" ? path + "/x_train" : path;
        var random = new Random(5);
        for (int i = 0; i < 200; i++)
        {
            byte[] damaged = i < 60 ? whole[..(whole.Length * i / 60)] : [.. whole];
            if (i >= 60) damaged[random.Next(damaged.Length)] ^= (byte)(1 << random.Next(8));
            File.WriteAllBytes(path, damaged);
            try
            {
                Assert.Equal(2, ImageFiles.Read(wanted, new ImageFileOptions { MaximumValue = 1e6 }).Count);
            }
            catch (DataFormatException error)
            {
                Assert.Contains(path, error.Message, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void An_array_that_unpacks_to_more_than_its_shape_says_is_refused_early()
    {
        string path = Path.Combine(folder, "bomb.npz");
        using (ZipArchive archive = ZipFile.Open(path, ZipArchiveMode.Create))
        using (Stream entry = archive.CreateEntry("images.npy").Open())
        {
            entry.Write(File.ReadAllBytes(Data("half.npy")));
            for (int i = 0; i < 100; i++) entry.Write(new byte[1 << 20]);
        }
        Assert.Contains("too long: its shape", Assert.Throws<DataFormatException>(() => ImageFiles.Read(path)).Message, StringComparison.Ordinal);
    }

    private static string Data(string name) => Path.Combine(AppContext.BaseDirectory, "Data", "numpy", name);
}
