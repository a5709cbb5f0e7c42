namespace ReparamPS.Settings;

/// <summary>The numbers that a parameter allows, for help.</summary>
public interface INumberRange
{
    /// <summary>The smallest.</summary>
    double Min { get; }

    /// <summary>The largest; the largest double if there is none.</summary>
    double Max { get; }
}
