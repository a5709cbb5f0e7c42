using System.Reflection;

namespace ReparamPS.Settings;

/// <summary>A table of settings, whatever record holds their values.</summary>
public interface ISettingTable
{
    /// <summary>The setting of a name, ignoring case; null if there is none.</summary>
    Setting? Find(string name);
}

/// <summary>Says that the parameters of a cmdlet are the settings of a table, from which help and completion are taken.</summary>
/// <param name="holder">The class whose static property Table is the table.</param>
[AttributeUsage(AttributeTargets.Class)]
public sealed class SettingsOfAttribute(Type holder) : Attribute
{
    /// <summary>The table.</summary>
    public ISettingTable Table => (ISettingTable)holder.GetProperty("Table", BindingFlags.Public | BindingFlags.Static)!.GetValue(null)!;
}
