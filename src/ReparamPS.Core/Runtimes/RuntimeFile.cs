namespace ReparamPS.Runtimes;

/// <summary>A library to install.</summary>
/// <param name="Name">Its file name.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Open">Opens its content; its parts in their order if packages hold it in several.</param>
/// <param name="Sha256">The hash, in hexadecimal digits, that a file of several parts must have; null for a file that is whole in its package.</param>
internal sealed record RuntimeFile(string Name, long Bytes, IReadOnlyList<Func<Stream>> Open, string? Sha256 = null);
