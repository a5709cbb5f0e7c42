using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using ReparamPS.Data;
using ReparamPS.Data.Images;
using ReparamPS.Torch;
using ReparamPS.Vae;
using static TorchSharp.torch;

namespace ReparamPS.Core.Tests.Images;

public sealed class ImageFilesTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("reparamps-images-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void The_embedded_digits_are_1797_labelled_images_of_8_by_8()
    {
        ImageDataSet digits = DigitsDataSet.Images;
        Assert.Equal((1797, 8, 8, 16.0), (digits.Count, digits.Height, digits.Width, digits.MaximumValue));
        Assert.Equal([178, 182, 177, 183, 181, 182, 181, 179, 174, 180], digits.Labels!.GroupBy(label => label).OrderBy(group => group.Key).Select(group => group.Count()));
        using Tensor images = digits.ToTensor(ScalarType.Float64, CPU);
        using Tensor first = images[0];
        Assert.Equal(new double[] { 0, 0, 5, 13, 9, 1, 0, 0 }.Select(value => value / 16), ManagedValues.ToDoubles(first).Take(8));
        Assert.Equal((0.0, 1.0), (images.min().item<double>(), images.max().item<double>()));
    }

    [Theory]
    [InlineData("-", "")]
    [InlineData("-", ".gz")]
    [InlineData(".", "")]
    public void A_folder_with_the_four_files_of_the_MNIST_family_is_training_and_test_images(string point, string ending)
    {
        bool gzipped = ending.Length > 0;
        Write($"train-images{point}idx3-ubyte{ending}", Idx(0x08, [4, 1, 2], [1, 2, 3, 4, 5, 6, 7, 8]), gzipped);
        Write($"train-labels{point}idx1-ubyte{ending}", Idx(0x08, [4], [1, 2, 3, 4]), gzipped);
        Write($"t10k-images{point}idx3-ubyte{ending}", Idx(0x08, [2, 1, 2], [9, 10, 11, 12]), gzipped);
        Write($"t10k-labels{point}idx1-ubyte{ending}", Idx(0x08, [2], [5, 6]), gzipped);
        ImageSplit split = new VaeDataReader().Read(new VaeOptions { DataPath = folder });
        Assert.Equal([1, 2, 3, 4], split.Train.Labels!.Order());
        Assert.Equal([5, 6], split.Test!.Labels!);
        using Tensor test = split.Test.ToTensor(ScalarType.Float64, CPU);
        Assert.Equal([9 / 255.0, 10 / 255.0, 11 / 255.0, 12 / 255.0], ManagedValues.ToDoubles(test));

        Write("fashion-train-images-idx3-ubyte", Idx(0x08, [1, 1, 2], [1, 2]));
        Assert.Contains("several files of train images", Assert.Throws<DataFormatException>(() => ImageFiles.Read(folder)).Message);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_IDX_file_reads_with_the_labels_beside_it(bool gzipped)
    {
        string ending = gzipped ? ".gz" : "";
        string path = Write("some-images-idx3-ubyte" + ending, Idx(0x08, [2, 2, 3], [0, 51, 102, 153, 204, 255, 1, 2, 3, 4, 5, 6]), gzipped);
        Write("some-labels-idx1-ubyte" + ending, Idx(0x08, [2], [7, 3]), gzipped);
        ImageDataSet images = ImageFiles.Read(path);
        Assert.Equal((2, 2, 3, "some-images-idx3-ubyte"), (images.Count, images.Height, images.Width, images.Name));
        Assert.Equal([7, 3], images.Labels!);
        using Tensor values = images.ToTensor(ScalarType.Float64, CPU);
        Assert.Equal([0, 0.2, 0.4, 0.6, 0.8, 1], ManagedValues.ToDoubles(values).Take(6).Select(value => Math.Round(value, 12)));
    }

    [Fact]
    public void IDX_values_of_other_types_are_big_endian()
    {
        byte[] numbers = new byte[16];
        BinaryPrimitives.WriteSingleBigEndian(numbers, 0.25f);
        BinaryPrimitives.WriteSingleBigEndian(numbers.AsSpan(12), 1f);
        ImageDataSet images = ImageFiles.Read(Write("f.idx", Idx(0x0D, [1, 2, 2], numbers)));
        using Tensor values = images.ToTensor(ScalarType.Float32, CPU);
        Assert.Equal([0.25, 0, 0, 1], ManagedValues.ToDoubles(values));
    }

    [Fact]
    public void An_IDX_file_may_have_a_fourth_dimension_of_one()
    {
        ImageDataSet images = ImageFiles.Read(Write("four-images-idx4-ubyte", Idx(0x08, [2, 2, 3, 1], [.. Enumerable.Range(0, 12).Select(i => (byte)i)])));
        Assert.Equal((2, 2, 3), (images.Count, images.Height, images.Width));
    }

    [Theory]
    [InlineData("00000804 00000001 00000002 00000001 00000002 01020304", "must have the sizes images × pixels or images × rows × columns; got 1 × 2 × 1 × 2.")]
    [InlineData("00000803 00000002 00000002 00000003 010203", "truncated: its sizes 2 × 2 × 3 require 12 bytes of values, but the file holds 3")]
    [InlineData("00000803 00000001 00000001 00000001 0102", "longer than its sizes")]
    [InlineData("00000803 00000001", "truncated: it ends before the size of dimension 2 of 3")]
    [InlineData("0000", "truncated: it ends within its first four bytes")]
    [InlineData("00000703 00000001 00000001 00000001 01", "not an IDX file: it starts with the bytes 00000703; IDX files start with 0000, such as 00000803 (images)")]
    [InlineData("89504E47 0D0A1A0A", "not an IDX file: it starts with the bytes 89504E47")]
    [InlineData("00000801 00000001 01", "holds labels, not images")]
    [InlineData("00000803 00000000 0000001C 0000001C", "holds no images")]
    [InlineData("00000803 FFFFFFFF 0000001C 0000001C", "sizes are impossible")]
    [InlineData("00000803 7FFFFFFF 0000001C 0000001C", "too large or damaged: its sizes require 2147483647 × 28 values; at most 2147483647 can be read.")]
    [InlineData("00000803 00200000 0000001C 0000001C", "the file is too short for that")]
    public void A_damaged_IDX_file_is_refused(string hex, string problem)
    {
        string path = Write("bad-images-idx3-ubyte", Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal)));
        Assert.Contains(problem, Assert.Throws<DataFormatException>(() => ImageFiles.Read(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_cut_of_a_gzipped_file_is_refused()
    {
        byte[] pixels = new byte[20 * 8 * 8];
        new Random(1).NextBytes(pixels);
        byte[] whole = Gzip(Idx(0x08, [20, 8, 8], pixels));
        foreach (int kept in Enumerable.Range(1, 40).Select(i => whole.Length - i).Concat([1, 2, 10, whole.Length / 2]))
        {
            string path = Write("cut-idx3-ubyte.gz", whole[..kept]);
            Assert.Throws<DataFormatException>(() => ImageFiles.Read(path));
        }
    }

    [Fact]
    public void A_gzipped_file_of_several_members_is_read()
    {
        byte[] whole = Idx(0x08, [2, 1, 2], [1, 2, 3, 4]);
        string path = Write("members-images-idx3-ubyte.gz", [.. Gzip(whole[..17]), .. Gzip(whole[17..])]);
        Assert.Equal(2, ImageFiles.Read(path).Count);
    }

    [Fact]
    public void Labels_that_don_t_fit_the_images_are_refused()
    {
        string path = Write("a-images-idx3-ubyte", Idx(0x08, [2, 1, 1], [1, 2]));
        Write("a-labels-idx1-ubyte", Idx(0x08, [3], [1, 2, 3]));
        DataFormatException error = Assert.Throws<DataFormatException>(() => ImageFiles.Read(path));
        Assert.Contains("it has 3 labels for the 2 images", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_digits_as_CSV_are_the_embedded_digits()
    {
        var text = new StringBuilder();
        using Tensor values = DigitsDataSet.Images.ToTensor(ScalarType.Float64, CPU);
        double[] all = ManagedValues.ToDoubles(values);
        for (int i = 0; i < 1797; i++) text.Append(string.Join(',', all.AsSpan(i * 64, 64).ToArray().Select(value => value * 16))).Append(',').Append(DigitsDataSet.Images.Labels![i]).Append('\n');
        ImageDataSet read = ImageFiles.Read(Write("digits.csv.gz", Encoding.UTF8.GetBytes(text.ToString()), gzipped: true));
        Assert.Equal((1797, 8, 8, 16.0, "digits"), (read.Count, read.Height, read.Width, read.MaximumValue, read.Name));
        Assert.Equal(DigitsDataSet.Images.Labels!, read.Labels!);
        using Tensor again = read.ToTensor(ScalarType.Float64, CPU);
        Assert.Equal(all, ManagedValues.ToDoubles(again));
    }

    [Theory]
    [InlineData("label,p1,p2,p3,p4\n3,0,1,2,4\n5,1,1,1,1\n", null, 2, 2, "3,5")]
    [InlineData("\"p1\";\"p2\";\"digit\"\n\"0\";\"0.5\";\"1\"\n", null, 1, 2, "1")]
    [InlineData("0\t0\t0\t1\t9\n\n0\t0\t1\t1\t8\n", null, 2, 2, "9,8")]
    [InlineData("9,0,0,0,1\r\n8,0,0,1,1\r\n", "1", 2, 2, "9,8")]
    [InlineData("0,0,0,1,0.5\n", "none", 1, 5, null)]
    [InlineData("0,0,0,1\n", null, 2, 2, null)]
    [InlineData("0,1,2,3,label\n0,1,1,0,7\n", null, 2, 2, "7")]
    public void CSV_has_a_header_and_labels_or_not(string text, string? labelColumn, int height, int width, string? labels)
    {
        ImageDataSet read = ImageFiles.Read(Write("a.csv", Encoding.UTF8.GetBytes(text)), new ImageFileOptions { LabelColumn = labelColumn });
        Assert.Equal((height, width), (read.Height, read.Width));
        Assert.Equal(labels, read.Labels is null ? null : string.Join(',', read.Labels));
    }

    // As pandas writes columns without names.
    [Theory]
    [InlineData("0,1,2,3\n0,1,1,0\n", null, null)]
    [InlineData("1,2,3,4\n0,1,1,0\n", null, null)]
    [InlineData("\"0\",\"1\",\"2\",\"3\",\"4\"\n0,1,1,0,7\n", null, "7")]
    [InlineData("0,1,2,3,4\n7,0,1,1,0\n", "0", "7")]
    [InlineData(",a,b,c,d\n7,0,1,1,0\n", "1", "7")]
    public void A_first_line_of_names_or_of_consecutive_numbers_is_a_header(string text, string? labelColumn, string? labels)
    {
        ImageDataSet read = ImageFiles.Read(Write("numbered.csv", Encoding.UTF8.GetBytes(text)), new ImageFileOptions { LabelColumn = labelColumn });
        Assert.Equal((1, 2, 2, 1.0), (read.Count, read.Height, read.Width, read.MaximumValue));
        Assert.Equal(labels, read.Labels is null ? null : string.Join(',', read.Labels));
        using Tensor values = read.ToTensor(ScalarType.Float64, CPU);
        Assert.Equal([0, 1, 1, 0], ManagedValues.ToDoubles(values));
    }

    [Theory]
    [InlineData("2,3,4,5\n0,1,1,0\n", 5)]
    [InlineData("0,1,2,4\n0,1,1,0\n", 4)]
    public void A_first_line_of_other_numbers_is_an_image(string text, double maximum)
    {
        ImageDataSet read = ImageFiles.Read(Write("plain.csv", Encoding.UTF8.GetBytes(text)));
        Assert.Equal((2, maximum), (read.Count, read.MaximumValue));
    }

    // The columns: four pixels and one more, whose value is a function of the image.
    [Theory]
    [InlineData("", 60, 1000, null, "Column 5, the last one, is read as labels, because the other columns make square images. But it holds 60 different values in 60 images.")]
    [InlineData("a,b,c,d,e\n", 60, 1000, null, "60 different values in 60 images. If this column holds the labels, use -LabelColumn last. If another column does, give its number, such as -LabelColumn 1. If there are no labels, use -LabelColumn none.")]
    [InlineData("", 60, 1, null, "But it holds one value in 60 images.")]
    [InlineData("", 60, 1000, "last", null)]
    [InlineData("", 60, 1000, "1", null)]
    [InlineData("a,b,c,d,label\n", 60, 1000, null, null)]
    [InlineData("", 60, 30, null, null)]
    [InlineData("", 20, 1000, null, null)]
    [InlineData("", 60, 2, null, null)]
    [InlineData("", 1, 1, null, null)]
    public void A_last_column_that_looks_like_pixels_is_doubted(string header, int images, int values, string? labelColumn, string? part)
    {
        string path = Write("doubt.csv", Encoding.UTF8.GetBytes(header + string.Join('\n', Enumerable.Range(0, images).Select(i => $"1,2,3,4,{i % values}"))));
        ImageDataSet read = ImageFiles.Read(path, new ImageFileOptions { LabelColumn = labelColumn });
        if (part is null) Assert.Null(read.ColumnWarning);
        else Assert.Contains(part, ImageSplit.Create(read, images == 1 ? 0 : 0.2, 0, 1).Train.ColumnWarning, StringComparison.Ordinal);
    }

    // A label first, as in the CSV files of MNIST; the values of the last column are a function of the image.
    [Theory]
    [InlineData(40, 10, "90,140,17,200,6,55,33,128", "Column 5, the last one, is read as labels, because the other columns make square images. But it holds 8 different values in 40 images, and column 1 looks like labels.")]
    [InlineData(20, 10, "0,0,0,7", "But it holds 2 different values in 20 images, and column 1 looks like labels.")]
    // Labels last; the first column is a pixel, which varies or is mostly black.
    [InlineData(40, 256, "0,1,2,3,4,5,6,7,8,9", null)]
    [InlineData(40, 2, "0,1,2,3,4,5,6,7,8,9", null)]
    [InlineData(40, 1, "3,8", null)]
    public void A_first_column_that_looks_like_labels_is_a_doubt(int images, int firstValues, string last, string? part)
    {
        string[] lasts = last.Split(',');
        string path = Write("first.csv", Encoding.UTF8.GetBytes(string.Join('\n', Enumerable.Range(0, images).Select(i => $"{37 * i % firstValues},20,30,40,{lasts[i % lasts.Length]}"))));
        string? warning = ImageFiles.Read(path).ColumnWarning;
        if (part is null) Assert.Null(warning);
        else Assert.Contains(part, warning, StringComparison.Ordinal);
        Assert.Null(ImageFiles.Read(path, new ImageFileOptions { LabelColumn = "1" }).ColumnWarning);
    }

    [Theory]
    [InlineData("", 0, null, "Column 1 holds consecutive numbers, and is read as a pixel. If they are row numbers, save the file without this column.")]
    [InlineData("idx,a,b,c\n", 1, null, "Column 1 ('idx') holds consecutive numbers")]
    [InlineData("idx,a,b,c\n", 1, "1", null)]
    [InlineData("", 5, null, null)]
    public void A_first_column_of_row_numbers_is_a_doubt(string header, int start, string? labelColumn, string? part)
    {
        string path = Write("index.csv", Encoding.UTF8.GetBytes(header + string.Join('\n', Enumerable.Range(start, 12).Select(i => $"{i},2,3,4"))));
        string? warning = ImageFiles.Read(path, new ImageFileOptions { LabelColumn = labelColumn }).ColumnWarning;
        if (part is null) Assert.Null(warning);
        else Assert.Contains(part, warning, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0,0,16,8", null, "The largest value of the training images is 16, far below the value that means white (255), so all images are nearly black. If 16 means white, use -MaximumValue 16.", true)]
    [InlineData("0,1,0.5,0", 255.0, "The largest value of the training images is 1, far below MaximumValue (255), so", false)]
    [InlineData("0,0,200,8", null, null, true)]
    [InlineData("0,1,0.5,0", 2.0, null, false)]
    [InlineData("0,0,0,0", 255.0, null, false)]
    public void Images_far_below_their_maximum_are_nearly_black(string pixels, double? maximum, string? part, bool areBytes)
    {
        string[] cells = pixels.Split(',');
        string path = areBytes ? Write("dark.npy", Npy("{'descr': '|u1', 'fortran_order': False, 'shape': (1, 4), }", Array.ConvertAll(cells, byte.Parse))) : Write("dark.csv", Encoding.UTF8.GetBytes(pixels + "\n"));
        string? warning = ImageSplit.Create(ImageFiles.Read(path, new ImageFileOptions { MaximumValue = maximum, LabelColumn = areBytes ? null : "none" }), 0, 0, 1).ScaleWarning(maximum is not null);
        if (part is null) Assert.Null(warning);
        else Assert.StartsWith(part, warning, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0,1\n0,abc\n", "line 2, column 2: expected a number; got 'abc'")]
    [InlineData("a,b\n0,1\n0,\n", "line 3, column 2: expected a number; got nothing")]
    [InlineData("0,1\n0,1\n0\n", "line 3 must have 2 cells, like line 1; got 1")]
    [InlineData("0,1\n0,1,1\n", "line 2 must have 2 cells, like line 1; got more")]
    [InlineData("0,1,x,3\n0,1,2,3\n", "line 1, column 3: 'x' is not a number")]
    [InlineData("a,b\n", "a header but no line of numbers")]
    [InlineData("", "the file is empty")]
    [InlineData("0,-1\n", "pixel values must be finite and at least 0; got -1 (pixel 2 of image 1).")]
    [InlineData("0,1\n0,NaN\n", "line 2, column 2: expected a finite number; got 'NaN'")]
    [InlineData("0,1\n0,1e999\n", "line 2, column 2: expected a finite number; got '1e999'")]
    [InlineData("0,1,Infinity,3\n0,1,2,3\n", "line 1, column 3: 'Infinity' is not a finite number")]
    [InlineData("\n\n", "the file is empty: it holds only blank lines")]
    [InlineData("\n0,1\n0\n", "line 3 must have 2 cells, like line 2; got 1")]
    [InlineData("label,p\n1.5,0\n", "line 2, column 1: a label must be a whole number that fits in 32 bits; got '1.5'. Column 'label' is read as labels because of its name; -LabelColumn none reads it as a pixel.")]
    [InlineData("1,2,3,4,0.5\n", "line 1, column 5: a label must be a whole number that fits in 32 bits; got '0.5'. Column 5, the last one, is read as labels, because the other columns make square images; -LabelColumn none reads it as a pixel.")]
    [InlineData("\"idx\",a,b,c,d\n\"0\",1,2,3,0.5\n", "-LabelColumn none reads it as a pixel. If column 1 ('idx') holds row numbers, save the file without it.")]
    [InlineData("0,19;0,44;0,80\n0,12;0,3;0,4\n", "line 2, column 2: expected a number; got '12;0'. The file seems to have ';' between its values, and decimal commas. Save it with decimal points.")]
    [InlineData("0;0,5;7;3\n0;0;1;0\n", "'0,5' is not a number, and the line holds too many numbers for a header. The file seems to have decimal commas. Save it with decimal points.")]
    [InlineData("0;0;1\n0;0,5;1\n", "line 2, column 2: expected a number; got '0,5'. The file seems to have decimal commas.")]
    [InlineData("129 4 217 18\n190 246 172 1\n", "line 1: expected numbers; got '129 4 217 18'. Values must be separated by commas, semicolons or tabs.")]
    [InlineData("a,b\n1 2,3\n", "line 2, column 1: expected a number; got '1 2'. Values must be separated by commas, semicolons or tabs.")]
    [InlineData("0,1,2,3\n", "line 1 is read as a header, because it holds consecutive numbers; no line of numbers follows.")]
    [InlineData(",0,1,2,3\n0,0,1,1,0\n", "column 1 must be pixels or labels, but its header is empty, like the header of the row numbers (index) that pandas and R write. If it holds row numbers, save the file without them (pandas: index=False; R: row.names=FALSE). Otherwise, write a name for it into the header.")]
    [InlineData("\"\",\"V1\",\"V2\"\n\"1\",0,1\n", "column 1 must be pixels or labels, but its header is empty")]
    [InlineData(",label,p0,p1\n0,7,0,1\n", "column 1 must be pixels or labels, but its header is empty")]
    [InlineData("Unnamed: 0,0,1,2,3\n0,0,1,1,0\n", "column 1 must be pixels or labels, but its header is 'Unnamed: 0'")]
    public void CSV_that_holds_no_images_is_refused_with_the_line(string text, string problem)
    {
        string path = Write("bad.csv", Encoding.UTF8.GetBytes(text));
        Assert.Contains(problem, Assert.Throws<DataFormatException>(() => ImageFiles.Read(path)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("note.txt", "Remember the milk.", "the CSV file has a header but no line of numbers.")]
    [InlineData("note.md", "# Note\nRemember the milk.", "line 2, column 1: expected a number; got 'Remember the milk.'.")]
    public void A_file_that_is_not_named_as_CSV_is_said_to_be_read_as_such(string name, string text, string problem) =>
        Assert.Equal($"'{At(name)}': {problem} It was read as CSV, because it has no other known format. Allowed: an IDX, CSV or NumPy file (.npy, .npz), or a folder of PNG or IDX files.",
            Assert.Throws<DataFormatException>(() => ImageFiles.Read(Write(name, Encoding.UTF8.GetBytes(text)))).Message);

    [Theory]
    [InlineData(new byte[] { (byte)'P', (byte)'K', 3, 4, 0, 0, 8, 8, 0, 0 }, "not an image file: it is a ZIP archive, such as a PyTorch .pt file.")]
    // A JPEG image.
    [InlineData(new byte[] { 0xFF, 0xD8, 0xFF, 0xE0, 0, 16, 74, 70, 73, 70 }, "not an IDX, NumPy or CSV file: it starts with the bytes FFD8FFE0.")]
    public void A_binary_file_is_not_read_as_CSV(byte[] content, string problem) =>
        Assert.Equal($"'{At("model.pt")}': {problem} Allowed: an IDX, CSV or NumPy file (.npy, .npz), or a folder of PNG or IDX files.", Assert.Throws<DataFormatException>(() => ImageFiles.Read(Write("model.pt", content))).Message);

    [Fact]
    public void A_CSV_file_that_is_not_UTF8_is_an_error_that_names_it()
    {
        string path = Write("latin.csv", [.. "größe,x\n1,2\n"u8.ToArray().Select((value, i) => i == 2 ? (byte)0xF6 : value)]);
        Assert.Contains("not UTF-8", Assert.Throws<DataFormatException>(() => ImageFiles.Read(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_value_above_the_maximum_is_refused()
    {
        string path = Write("a.csv", "0,3\n"u8.ToArray());
        DataFormatException error = Assert.Throws<DataFormatException>(() => ImageFiles.Read(path, new ImageFileOptions { MaximumValue = 2 }));
        Assert.Contains("values must be at most MaximumValue (2), the pixel value that means intensity 1; got 3.", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => ImageFiles.Read(path, new ImageFileOptions { MaximumValue = -1 }));
    }

    [Fact]
    public void The_embedded_digits_are_scaled_by_a_given_maximum()
    {
        ImageDataSet Train(double? maximum) => new VaeDataReader().Read(new VaeOptions { MaximumValue = maximum }).Train;
        using Tensor whole = Train(null).ToTensor(ScalarType.Float64, CPU), half = Train(32).ToTensor(ScalarType.Float64, CPU);
        Assert.Equal(ManagedValues.ToDoubles(whole / 2), ManagedValues.ToDoubles(half));
        Assert.Equal(Train(null).Hash, Train(16).Hash);
        Assert.Contains("values must be at most MaximumValue (8), the pixel value that means intensity 1; got 16.", Assert.Throws<DataFormatException>(() => Train(8)).Message, StringComparison.Ordinal);
        Assert.Contains("MaximumValue must be positive and finite; got 0.", Assert.Throws<ArgumentException>(() => Train(0)).Message, StringComparison.Ordinal);
        foreach (double value in new[] { 1e39, 1e-50 })
            Assert.Contains("MaximumValue must be in the range of float32, from 1.5e-45 to 3.4e38; got 1E", Assert.Throws<ArgumentException>(() => Train(value)).Message, StringComparison.Ordinal);
    }

    // Made by numpy 1.24: numpy.save of numpy.arange(8, dtype=…).reshape(2, 2, 2) / 8.
    [Theory]
    [InlineData("<f4", "00000000 00000000 0000003E 0000803E 0000C03E 0000003F 0000203F 0000403F 0000603F", 1)]
    [InlineData(">f4", "00000000 3E000000 3E800000 3EC00000 3F000000 3F200000 3F400000 3F600000", 1)]
    [InlineData("|u1", "00 01 02 03 04 05 06 07", 8)]
    [InlineData("<i2", "0000 0100 0200 0300 0400 0500 0600 0700", 8)]
    public void A_NumPy_array_reads(string type, string hex, double maximum)
    {
        byte[] values = Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
        if (type == "<f4") values = values[4..];
        byte[] file = Npy($"{{'descr': '{type}', 'fortran_order': False, 'shape': (2, 2, 2), }}", values);
        ImageDataSet images = ImageFiles.Read(Write("a.npy", file), new ImageFileOptions { MaximumValue = maximum });
        Assert.Equal((2, 2, 2), (images.Count, images.Height, images.Width));
        using Tensor read = images.ToTensor(ScalarType.Float64, CPU);
        Assert.Equal(Enumerable.Range(0, 8).Select(i => i / 8.0), ManagedValues.ToDoubles(read));
    }

    [Theory]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2), }", 15, "truncated: its shape requires 16 bytes of values, but the file holds 15")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2), }", 17, "too long: its shape")]
    [InlineData("{'descr': '<f2', 'fortran_order': True, 'shape': (2, 2), }", 7, "truncated: its shape requires 8 bytes of values, but the file holds 7")]
    [InlineData("{'descr': '<c8', 'fortran_order': False, 'shape': (2, 2), }", 32, "got '<c8'")]
    [InlineData("{'descr': '<U5', 'fortran_order': False, 'shape': (2, 2), }", 80, "the dtype of the array must be a Boolean, a float of 2, 4 or 8 bytes, or an integer of 1, 2, 4 or 8 bytes; got '<U5'. Convert the array in Python, such as with array.astype('float32').")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (4,), }", 16, "an array of images must have the shape (images, pixels), (images, rows, columns) or (images, rows, columns, 1); got (4).")]
    [InlineData("{'descr': '|u1', 'fortran_order': False, 'shape': (2, 2, 2, 3), }", 24, "got (2, 2, 2, 3). Convert colour images to grey, such as with array[..., :3].mean(-1).")]
    [InlineData("{'descr': '|u1', 'fortran_order': False, 'shape': (100000, 1000, 1000), }", 16, "the array of shape (100000, 1000, 1000) needs 100000000000 bytes; at most 2147483591 can be read. Save fewer or smaller images.")]
    [InlineData("{'descr': '<f8', 'fortran_order': False, 'shape': (9999999999, 9999999999), }", 16, "needs more than 9E18 bytes; at most 2147483591 can be read. Save fewer or smaller images, or a dtype of fewer bytes.")]
    [InlineData("nonsense", 16, "its .npy header must have one type as 'descr', then 'fortran_order' and 'shape'; got 'nonsense'. Save a plain array of numbers, without named fields.")]
    public void A_damaged_NumPy_array_is_refused(string header, int bytes, string problem)
    {
        string path = Write("bad.npy", Npy(header, new byte[bytes]));
        Assert.Contains(problem, Assert.Throws<DataFormatException>(() => ImageFiles.Read(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_of_PNG_pictures_reads_with_its_subfolders_as_labels()
    {
        foreach ((string name, byte value) in new[] { ("3", (byte)30), ("7", (byte)70) })
        {
            Directory.CreateDirectory(Path.Combine(folder, "set", name));
            PngFile.Write(Path.Combine(folder, "set", name, "a.png"), new GreyImage([value, 0, 255, 1, 2, 3], 2, 3));
        }
        ImageDataSet images = ImageFiles.Read(Path.Combine(folder, "set"));
        Assert.Equal((2, 2, 3, "set"), (images.Count, images.Height, images.Width, images.Name));
        Assert.Equal([3, 7], images.Labels!);
        using Tensor values = images.ToTensor(ScalarType.Float64, CPU);
        Assert.Equal(new double[] { 30, 0, 255, 1, 2, 3, 70, 0, 255, 1, 2, 3 }, ManagedValues.ToDoubles(values).Select(value => Math.Round(value * 255, 9)));
        File.WriteAllBytes(Path.Combine(folder, "set", "7", "b.png"), [1, 2, 3]);
        Assert.Throws<DataFormatException>(() => ImageFiles.Read(Path.Combine(folder, "set")));
        PngFile.Write(Path.Combine(folder, "set", "7", "b.png"), new GreyImage([1, 2], 1, 2));
        Assert.Contains($"is 1×2, but the first one ('{Path.Combine("3", "a.png")}') is 2×3", Assert.Throws<DataFormatException>(() => ImageFiles.Read(Path.Combine(folder, "set"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_picture_that_is_cut_or_no_PNG_is_refused_whatever_the_case_of_its_name()
    {
        string set = Directory.CreateDirectory(At("cut")).FullName, picture = Path.Combine(set, "A.PNG");
        byte[] pixels = new byte[4000];
        new Random(3).NextBytes(pixels);
        PngFile.Write(picture, new GreyImage(pixels, 80, 50));
        Assert.Equal((1, 80, 50), (ImageFiles.Read(set).Count, ImageFiles.Read(set).Height, ImageFiles.Read(set).Width));
        byte[] whole = File.ReadAllBytes(picture);
        File.WriteAllBytes(picture, whole[..(whole.Length / 2)]);
        Assert.Contains("damaged or truncated", Assert.Throws<DataFormatException>(() => ImageFiles.Read(set)).Message, StringComparison.Ordinal);
        File.WriteAllBytes(picture, Convert.FromHexString("47494638396101000100800000000000FFFFFF21F90401000000002C00000000010001000002024401003B"));
        Assert.Contains("is in the format GIF", Assert.Throws<DataFormatException>(() => ImageFiles.Read(set)).Message, StringComparison.Ordinal);
        Assert.Contains("does not exist", Assert.Throws<DirectoryNotFoundException>(() => PngFile.Write(At("none/a.png"), new GreyImage([1], 1, 1))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1_000_001, 1)]
    [InlineData(1, 1_000_001)]
    public void An_image_too_large_for_PNG_is_refused(int height, int width)
    {
        Assert.Contains("1000000 pixels", Assert.Throws<IOException>(() => PngFile.Encode(new GreyImage(new byte[height * width], height, width))).Message, StringComparison.Ordinal);
        Assert.NotEmpty(PngFile.Encode(new GreyImage(new byte[1_000_000], Math.Min(height, 1_000_000), Math.Min(width, 1_000_000))));
    }

    [Theory]
    [InlineData("a.png", "89504E470D0A1A0A", "the file is a single PNG image. Give the folder that holds the images.")]
    [InlineData("a.npy", "6E6F742061", "not a NumPy file: it starts with the bytes 6E6F7420; NumPy files start with 934E554D. Save the array with numpy.save. If the file is CSV, change its name to end in .csv.")]
    [InlineData("a.csv.gz", "6E6F742061", "not a gzip file, although its name ends in .gz: it starts with the bytes 6E6F7420. It cannot be read as CSV either. Download or create the file again. Allowed: an IDX, CSV or NumPy file (.npy, .npz), or a folder of PNG or IDX files.")]
    public void A_file_of_another_format_than_its_name_says_is_refused(string name, string hex, string problem) =>
        Assert.EndsWith(problem, Assert.Throws<DataFormatException>(() => ImageFiles.Read(Write(name, Convert.FromHexString(hex)))).Message, StringComparison.Ordinal);

    // A fraction above 0 takes at least one image, however small it is.
    [Theory]
    [InlineData(1, 0.1, 0, "of 1 image, TestFraction takes 1 and ValidationFraction 0. A fraction above 0 takes at least 1 image. Use more images, or fractions of 0.")]
    [InlineData(2, 0.1, 0.1, "of 2 images, TestFraction takes 1 and ValidationFraction 1. A fraction above 0 takes at least 1 image. Use more images, or fractions of 0.")]
    [InlineData(10, 0.5, 0.5, "of 10 images, TestFraction takes 5 and ValidationFraction 5. Use more images or smaller fractions.")]
    public void A_split_that_leaves_no_image_says_what_helps(int count, double test, double validation, string says) => Assert.Contains(
        "No image is left for training: " + says, Assert.Throws<ArgumentException>(() => ImageSplit.Positions(count, test, validation, 0)).Message, StringComparison.Ordinal);

    [Fact]
    public void An_array_without_images_is_refused() => Assert.EndsWith(
        "the array holds no images: its shape is (0, 2, 2).",
        Assert.Throws<DataFormatException>(() => ImageFiles.Read(Write("none.npy", Npy("{'descr': '<f4', 'fortran_order': False, 'shape': (0, 2, 2), }", [])))).Message, StringComparison.Ordinal);

    [Fact]
    public void A_grid_too_large_for_memory_is_refused_with_its_size() => Assert.StartsWith(
        "The picture would have 140002 × 140002 pixels; at most 2147483591 pixels in all are possible.",
        Assert.Throws<ArgumentException>(() => ImageGrid.Compose([.. Enumerable.Repeat(new double[4], 2500)], 2, 2, 50, 1399, 2)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_missing_file_is_named() =>
        Assert.Contains("nothing.csv", Assert.Throws<FileNotFoundException>(() => ImageFiles.Read(Path.Combine(folder, "nothing.csv"))).Message, StringComparison.Ordinal);

    [Fact]
    public void A_split_is_fixed_by_its_seed_and_its_parts_share_nothing()
    {
        byte[] pixels = [.. Enumerable.Range(0, 200).Select(i => (byte)i)];
        var images = new ImageDataSet("a", pixels, 255, 1, 1, [.. pixels.Select(pixel => (int)pixel)]);
        ImageSplit split = ImageSplit.Create(images, 0.2, 0.1, 5), again = ImageSplit.Create(images, 0.2, 0.1, 5), other = ImageSplit.Create(images, 0.2, 0.1, 6);
        Assert.Equal((140, 20, 40), (split.Train.Count, split.Validation!.Count, split.Test!.Count));
        Assert.Equal(pixels.Select(pixel => (int)pixel), split.Train.Labels!.Concat(split.Validation.Labels!).Concat(split.Test.Labels!).Order());
        Assert.Equal((split.Train.Hash, split.Test.Hash), (again.Train.Hash, again.Test!.Hash));
        Assert.NotEqual(split.Test.Hash, other.Test!.Hash);
        Assert.Throws<ArgumentException>(() => ImageSplit.Create(images, 0.6, 0.5, 1));
        Assert.Throws<ArgumentException>(() => ImageSplit.Create(images, 1, 0, 1));
    }

    [Fact]
    public void The_scale_is_told_by_the_training_images_alone()
    {
        double[][] rows = [.. Enumerable.Range(0, 20).Select(i => new double[] { 0, i % 8, 2 + i % 9, i % 11 })];
        string Csv(string name, double[][] lines) => Write(name, Encoding.UTF8.GetBytes(string.Join('\n', lines.Select(line => string.Join(',', line)))));
        VaeOptions options = new() { DataPath = Csv("a.csv", rows), TestFraction = 0.2, ValidationFraction = 0.2, SplitSeed = 3 };
        ImageSplit split = new VaeDataReader().Read(options);
        (int[] train, _, int[] test) = ImageSplit.Positions(20, 0.2, 0.2, 3);
        Assert.Equal(train.Max(row => rows[row].Max()), split.Train.MaximumValue);
        rows[test[1]][2] = 1000;
        ImageSplit other = new VaeDataReader().Read(options with { DataPath = Csv("b.csv", rows) });
        Assert.Equal((split.Train.Hash, split.Validation!.Hash), (other.Train.Hash, other.Validation!.Hash));
        Assert.NotEqual(split.Test!.Hash, other.Test!.Hash);
        using Tensor values = other.Test.ToTensor(ScalarType.Float64, CPU);
        Assert.Equal(1, values[1, 2].item<double>());
        Assert.Throws<DataFormatException>(() => new VaeDataReader().Read(options with { DataPath = At("b.csv"), MaximumValue = 16 }));
        Assert.Equal(
            $"1 pixel of the held-out images is above {split.Train.MaximumValue} and counts as {split.Train.MaximumValue}, the largest value of the training images; the largest held-out value is 1000. To keep values above {split.Train.MaximumValue}, set MaximumValue to at least 1000.",
            other.ClippingWarning());
        Assert.Null(new VaeDataReader().Read(options with { DataPath = At("b.csv"), MaximumValue = 1000 }).ClippingWarning());
    }

    [Theory, InlineData(7, 5), InlineData(500, 5), InlineData(1.5, 1), InlineData(10, 1)]
    public void Values_of_another_file_above_the_training_maximum_are_refused(double value, double maximum)
    {
        Write("train.csv", Encoding.UTF8.GetBytes(FormattableString.Invariant($"0,{maximum},0.25,0\n0.5,0,0,0.125\n0,0,0.5,0")));
        Write("same.csv", Encoding.UTF8.GetBytes(FormattableString.Invariant($"0,0.5,0,{maximum}")));
        string above = Write("above.csv", Encoding.UTF8.GetBytes(FormattableString.Invariant($"0,0.5,0,0\n0,0,0.75,{value}")));
        VaeOptions options = new() { DataPath = At("train.csv"), TestPath = At("same.csv"), LatentSize = 1, HiddenSize = [2], LabelColumn = "none" };
        ImageSplit split = new VaeDataReader().Read(options);
        Assert.Equal((maximum, maximum), (split.Train.MaximumValue, split.Test!.MaximumValue));
        using var trainer = new VaeTrainer(options, split);
        string message = FormattableString.Invariant($"'{above}': values must be at most {maximum}, the pixel value that means intensity 1 in the training images; got {value}. Scale the values like those of the training images, or train with MaximumValue set to at least {value}.");
        Assert.Equal(message, Assert.Throws<DataFormatException>(() => new VaeDataReader().Read(options with { TestPath = above })).Message);
        Assert.Equal(message, Assert.Throws<DataFormatException>(() => VaeParts.ReadFile(new VaeDataReader(), trainer.Model, above)).Message);
        Assert.Equal(value, new VaeDataReader().Read(options with { TestPath = above, MaximumValue = value }).Test!.MaximumValue);
    }

    [Fact]
    public void Bytes_above_the_scale_of_the_training_images_are_refused()
    {
        string test = Write("t.idx", Idx(0x08, [1, 8, 8], [.. Enumerable.Repeat((byte)17, 64)]));
        Assert.Contains("values must be at most 16, the pixel value that means intensity 1 in the training images; got 17.", Assert.Throws<DataFormatException>(() => new VaeDataReader().Read(new VaeOptions { TestPath = test })).Message, StringComparison.Ordinal);
    }

    // Floats up to 1 beside bytes, and numbers up to 255 beside floats up to 1.
    [Theory, InlineData("bytes.idx", "floats.csv", "255 means intensity 1; the largest value is 0.5."), InlineData("floats.csv", "numbers.csv", "values must be at most 1,"), InlineData("floats.csv", "bytes.idx", "values must be at most 1,")]
    public void Test_images_of_another_scale_are_refused_with_their_path(string train, string test, string message)
    {
        Write("bytes.idx", Idx(0x08, [3, 2, 2], [.. Enumerable.Range(0, 12).Select(i => (byte)(20 * i))]));
        Write("floats.csv", Encoding.UTF8.GetBytes("0,0.5,0.25,0\n0.5,0,0,0.125\n0,0,0.5,0"));
        Write("numbers.csv", Encoding.UTF8.GetBytes("0,255,3,4\n5,6,7,8"));
        VaeOptions options = new() { DataPath = At(train), TestPath = At(test), LatentSize = 1, HiddenSize = [2], LabelColumn = "none" };
        string error = Assert.Throws<DataFormatException>(() => new VaeDataReader().Read(options)).Message;
        Assert.StartsWith($"'{At(test)}': values must be ", error, StringComparison.Ordinal);
        Assert.Contains(message, error, StringComparison.Ordinal);
        VaeOptions alone = options with { TestPath = null, TestFraction = 0 };
        using var trainer = new VaeTrainer(alone, new VaeDataReader().Read(alone));
        Assert.Equal(error, Assert.Throws<DataFormatException>(() => VaeParts.ReadFile(new VaeDataReader(), trainer.Model, At(test))).Message);
        // A scale that is named is not guessed.
        Assert.Equal(300, new VaeDataReader().Read(options with { MaximumValue = 300 }).Test!.MaximumValue);
    }

    [Fact]
    public void All_images_together_are_binarized_as_in_their_parts()
    {
        VaeOptions options = new() { Binarization = "static", ValidationFraction = 0.1, SplitSeed = 4 };
        var reader = new VaeDataReader();
        using var scope = NewDisposeScope();
        Tensor Part(string name) => VaeParts.Read(reader, options, name).ToTensor(ScalarType.Float32, CPU);
        (int[] train, int[] validation, int[] test) = ImageSplit.Positions(1797, options.TestFraction, 0.1, 4);
        Tensor all = Part("all");
        foreach ((string name, int[] rows) in new[] { ("train", train), ("validation", validation), ("test", test) })
            Assert.True(all.index_select(0, tensor(Array.ConvertAll(rows, row => (long)row))).eq(Part(name)).all().item<bool>(), name);
    }

    [Theory]
    [InlineData("none", 255)]
    [InlineData("static", 255)]
    [InlineData("static", 100)]
    public void All_images_end_with_separate_test_images(string binarization, double maximum)
    {
        var random = new Random(4);
        foreach ((string part, int count) in new[] { ("train", 20), ("t10k", 7) })
        {
            Write($"{part}-images-idx3-ubyte", Idx(0x08, [count, 3, 3], [.. Enumerable.Range(0, 9 * count).Select(_ => (byte)random.Next(101))]));
            Write($"{part}-labels-idx1-ubyte", Idx(0x08, [count], [.. Enumerable.Range(0, count).Select(i => (byte)i)]));
        }
        VaeOptions options = new() { DataPath = folder, Binarization = binarization, ValidationFraction = 0.25, SplitSeed = 4, MaximumValue = maximum };
        Assert.Equal(
            "TestFraction cannot be combined with a DataPath that has its own test images, a file named t10k-images or test-images: no others are held out. Leave out TestFraction.",
            Assert.Throws<ArgumentException>(() => VaeSettings.Dependent.Last(setting => setting.Name == nameof(VaeOptions.TestFraction)).Check(options)).Message.Split(" (Parameter")[0]);
        VaeOptions[] ways = [options, options with { DataPath = At("train-images-idx3-ubyte"), TestPath = At("t10k-images-idx3-ubyte") }];
        using var scope = NewDisposeScope();
        foreach (VaeOptions way in ways)
        {
            var reader = new VaeDataReader();
            Tensor Part(string name) => VaeParts.Read(reader, way, name).ToTensor(ScalarType.Float32, CPU);
            (int[] train, int[] validation, _) = ImageSplit.Positions(20, 0, 0.25, 4);
            Tensor all = Part("all");
            Assert.Equal(27, all.shape[0]);
            foreach ((string name, int[] rows) in new[] { ("train", train), ("validation", validation), ("test", [.. Enumerable.Range(20, 7)]) })
                Assert.True(all.index_select(0, tensor(Array.ConvertAll(rows, row => (long)row))).eq(Part(name)).all().item<bool>(), name);
            Assert.Equal([.. Enumerable.Range(0, 20), .. Enumerable.Range(0, 7)], VaeParts.Read(reader, way, "all").Labels!);
        }
    }

    [Fact]
    public void Separate_test_images_of_another_type_are_scaled_as_the_others_in_all_images()
    {
        string train = Write("t.idx", Idx(0x08, [2, 1, 2], [0, 51, 102, 255])), test = Write("t.csv", "255,0\n"u8.ToArray());
        VaeOptions options = new() { DataPath = train, TestPath = test, LabelColumn = "none" };
        using Tensor all = VaeParts.Read(new VaeDataReader(), options, "all").ToTensor(ScalarType.Float64, CPU);
        Assert.Equal([0, 0.2, 0.4, 1, 1, 0], ManagedValues.ToDoubles(all).Select(value => Math.Round(value, 7)));
    }

    [Fact]
    public void Training_and_validation_images_do_not_need_the_separate_test_images()
    {
        VaeOptions options = new() { DataPath = Write("t.csv", "0,1\n1,0\n1,1\n0,0\n"u8.ToArray()), TestPath = At("gone.csv"), ValidationFraction = 0.25, LabelColumn = "none" };
        Assert.Equal(3, VaeParts.Read(new VaeDataReader(), options, "train").Count);
        Assert.Equal(1, VaeParts.Read(new VaeDataReader(), options, "validation").Count);
        foreach (string part in new[] { "test", "all" }) Assert.Contains("gone.csv", Assert.Throws<FileNotFoundException>(() => VaeParts.Read(new VaeDataReader(), options, part)).Message, StringComparison.Ordinal);
    }

    // Of ten columns without a header, the last one would be labels, since nine pixels make a square image.
    [Theory]
    [InlineData("kind,a,b,c,d", "a,b,c,d\n", "kind", 4)]
    [InlineData("kind,a,b,c,d", "", "kind", 4)]
    [InlineData("", "", "1", 4)]
    [InlineData("", "0,1,2,3\n", "1", 4)]
    [InlineData("", "", "last", 4)]
    [InlineData("label,a,b,c,d,e,f,g,h,i,j", "", null, 10)]
    public void Another_file_of_a_run_may_lack_the_labels(string trainHeader, string otherHeader, string? labelColumn, int pixels)
    {
        string Line(int i, int columns) => string.Join(',', Enumerable.Range(0, columns).Select(j => (i + j) % 2));
        string train = Write("train.csv", Encoding.UTF8.GetBytes($"{trainHeader}\n{string.Join('\n', Enumerable.Range(0, 10).Select(i => Line(i, pixels + 1)))}"));
        string other = Write("other.csv", Encoding.UTF8.GetBytes(otherHeader + Line(0, pixels) + "\n" + Line(1, pixels)));
        VaeOptions options = new() { DataPath = train, TestPath = other, LabelColumn = labelColumn, HiddenSize = [2], LatentSize = 1 };
        ImageSplit split = new VaeDataReader().Read(options);
        Assert.Equal((10, pixels), (split.Train.Count, split.Train.PixelCount));
        Assert.NotNull(split.Train.Labels);
        using var trainer = new VaeTrainer(options, split);
        foreach (ImageDataSet images in new[] { split.Test!, VaeParts.ReadFile(new VaeDataReader(), trainer.Model, other).Images })
        {
            Assert.Equal((2, pixels), (images.Count, images.PixelCount));
            Assert.Null(images.Labels);
        }
        // The training images themselves have the labels.
        Assert.NotNull(VaeParts.ReadFile(new VaeDataReader(), trainer.Model, train).Images.Labels);
    }

    [Fact]
    public void A_column_that_the_header_calls_labels_is_never_a_pixel()
    {
        VaeOptions options = new() { DataPath = Write("a.csv", "label,a,b,c,d\n1,0,1,1,0\n2,1,0,0,1\n"u8.ToArray()), TestPath = Write("b.csv", "label,a,b,c\n1,0,1,1\n"u8.ToArray()) };
        Assert.Contains("has 3 pixels; each training image has 4", Assert.Throws<ShapeMismatchException>(() => new VaeTrainer(options, new VaeDataReader().Read(options))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_reader_reads_a_file_again_that_was_written_since()
    {
        var reader = new VaeDataReader();
        VaeOptions options = new() { DataPath = Write("t.csv", "0,1\n1,0\n"u8.ToArray()), LabelColumn = "none", TestFraction = 0 };
        ImageDataSet first = reader.Read(options).Train;
        Assert.Same(first, reader.Read(options).Train);
        File.SetLastWriteTimeUtc(Write("t.csv", "1,1\n0,0\n"u8.ToArray()), DateTime.UtcNow.AddSeconds(5));
        Assert.NotEqual(first.Hash, reader.Read(options).Train.Hash);

        string set = Directory.CreateDirectory(At("set")).FullName;
        PngFile.Write(Path.Combine(set, "a.png"), new GreyImage([1, 2], 1, 2));
        Assert.Equal(1, reader.Read(options with { DataPath = set, LabelColumn = null }).Train.Count);
        PngFile.Write(Path.Combine(set, "b.png"), new GreyImage([1, 2], 1, 2));
        Assert.Equal(2, reader.Read(options with { DataPath = set, LabelColumn = null }).Train.Count);
    }

    private string At(string name) => Path.Combine(folder, name);

    private string Write(string name, byte[] content, bool gzipped = false)
    {
        string path = Path.Combine(folder, name);
        File.WriteAllBytes(path, gzipped ? Gzip(content) : content);
        return path;
    }

    private static byte[] Idx(byte type, int[] sizes, byte[] values)
    {
        byte[] head = new byte[4 + 4 * sizes.Length];
        (head[2], head[3]) = (type, (byte)sizes.Length);
        for (int i = 0; i < sizes.Length; i++) BinaryPrimitives.WriteInt32BigEndian(head.AsSpan(4 + 4 * i), sizes[i]);
        return [.. head, .. values];
    }

    private static byte[] Npy(string header, byte[] values)
    {
        byte[] text = Encoding.Latin1.GetBytes(header.PadRight(117) + "\n");
        return [0x93, .. "NUMPY"u8, 1, 0, (byte)text.Length, 0, .. text, .. values];
    }

    private static byte[] Gzip(byte[] content)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal)) gzip.Write(content);
        return packed.ToArray();
    }
}
