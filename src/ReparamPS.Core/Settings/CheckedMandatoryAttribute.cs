namespace ReparamPS.Settings;

/// <summary>
/// Marks a mandatory parameter that the cmdlet checks itself, because the engine would only say that it cannot tell the parameter sets apart. Help shows it as required.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class CheckedMandatoryAttribute : Attribute;
