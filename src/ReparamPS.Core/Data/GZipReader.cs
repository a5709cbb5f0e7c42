using ICSharpCode.SharpZipLib;
using ICSharpCode.SharpZipLib.Checksum;
using ICSharpCode.SharpZipLib.Zip.Compression;

namespace ReparamPS.Data;

/// <summary>
/// The unpacked data of a gzip file of one or more members (RFC 1952). The runtime's own reader takes a truncated file for a complete one; this one checks the end, the checksum and the length of each member.
/// Damage is an <see cref="InvalidDataException"/>, after the data before it.
/// </summary>
/// <param name="packed">The file's data; disposed with this stream.</param>
/// <param name="path">The file, for errors.</param>
internal sealed class GZipReader(Stream packed, string path) : ForwardStream
{
    private const int FirstByte = 0x1f, SecondByte = 0x8b, Deflate = 8, TimeAndSystemBytes = 6;
    private const int HasHeaderChecksum = 2, HasExtra = 4, HasName = 8, HasComment = 16;

    private readonly byte[] input = new byte[1 << 16], output = new byte[1 << 16];
    private readonly Inflater inflater = new(noHeader: true);
    private readonly Crc32 checksum = new();
    private int inputStart, inputEnd, outputStart, outputEnd;
    private bool isFirst = true, isInMember;

    public override int Read(Span<byte> buffer)
    {
        if (outputStart == outputEnd) Unpack();
        int count = Math.Min(buffer.Length, outputEnd - outputStart);
        output.AsSpan(outputStart, count).CopyTo(buffer);
        outputStart += count;
        return count;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) packed.Dispose();
        base.Dispose(disposing);
    }

    // No output is the end of the file.
    private void Unpack()
    {
        (outputStart, outputEnd) = (0, 0);
        while (outputEnd == 0)
        {
            if (isInMember && inflater.IsFinished) EndMember();
            if (!isInMember && !StartMember()) return;
            outputEnd = Inflate();
            checksum.Update(new ArraySegment<byte>(output, 0, outputEnd));
        }
    }

    private int Inflate()
    {
        try
        {
            int count;
            while ((count = inflater.Inflate(output)) == 0 && !inflater.IsFinished)
            {
                if (!Fill()) throw Truncated();
                inflater.SetInput(input, 0, inputEnd);
            }
            return count;
        }
        // The library uses codes before it checks them.
        catch (Exception error) when (error is SharpZipBaseException or IndexOutOfRangeException or ArgumentException or InvalidOperationException)
        {
            throw new InvalidDataException("the gzip data cannot be unpacked.", error);
        }
    }

    private bool StartMember()
    {
        int first = NextOrEnd();
        // Some programs fill a file up with zeros.
        while (first == 0 && !isFirst) first = NextOrEnd();
        if (first < 0) return false;
        if (first != FirstByte || Next() != SecondByte)
            throw isFirst ? new DataFormatException(path, "not a gzip file.") : new InvalidDataException("the gzip data is followed by other data.");
        if (Next() != Deflate) throw new InvalidDataException("the gzip header has an unknown compression method.");
        int flags = Next();
        Skip(TimeAndSystemBytes);
        if ((flags & HasExtra) != 0) Skip(Next() | (Next() << 8));
        if ((flags & HasName) != 0) SkipText();
        if ((flags & HasComment) != 0) SkipText();
        if ((flags & HasHeaderChecksum) != 0) Skip(2);
        inflater.Reset();
        inflater.SetInput(input, inputStart, inputEnd - inputStart);
        checksum.Reset();
        (isFirst, isInMember) = (false, true);
        return true;
    }

    private void EndMember()
    {
        inputStart = inputEnd - inflater.RemainingInput;
        if (NextUInt32() != (uint)checksum.Value) throw new InvalidDataException("the gzip data has a wrong checksum.");
        if (NextUInt32() != (uint)inflater.TotalOut) throw new InvalidDataException("the gzip data has a wrong length.");
        isInMember = false;
    }

    private uint NextUInt32() => (uint)(Next() | (Next() << 8) | (Next() << 16) | (Next() << 24));

    private void SkipText()
    {
        while (Next() != 0) { }
    }

    private void Skip(int count)
    {
        for (int i = 0; i < count; i++) Next();
    }

    private int Next() => NextOrEnd() is >= 0 and var next ? next : throw Truncated();

    private int NextOrEnd() => inputStart < inputEnd || Fill() ? input[inputStart++] : -1;

    private bool Fill()
    {
        (inputStart, inputEnd) = (0, packed.Read(input));
        return inputEnd > 0;
    }

    private static InvalidDataException Truncated() => new("the gzip data is truncated.");
}
