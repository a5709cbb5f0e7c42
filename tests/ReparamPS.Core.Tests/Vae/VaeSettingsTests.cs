using ReparamPS.Settings;
using ReparamPS.Torch.Randomness;
using ReparamPS.Vae;

namespace ReparamPS.Core.Tests.Vae;

public sealed class VaeSettingsTests
{
    [Fact]
    public void The_table_has_a_line_per_option_and_rows_have_a_column_per_line()
    {
        string[] names = [.. VaeSettings.Table.All.Select(setting => setting.Name)];
        Assert.Equal(typeof(VaeOptions).GetProperties().Select(property => property.Name), names);
        string[] columns = [.. typeof(VaeEpoch).GetProperties().Select(property => property.Name)];
        Assert.Equal(names, columns.SkipWhile(name => name != "TestCount").Skip(1));
    }

    [Fact]
    public void Rows_report_the_value_of_every_setting()
    {
        // A value other than the default for each.
        VaeOptions options = VaeSettings.Table.Create(name => VaeSettings.Table.DefaultOf(VaeSettings.Table.Find(name)!) switch
        {
            int number => number + 3,
            long number => number + 3,
            double number => number + 3,
            string text => text + "x",
            null => name == "MaximumValue" ? 3.0 : "x",
            RandomGenerator => RandomGenerator.Philox,
            _ => (IReadOnlyList<int>)[3, 2],
        });
        var row = new VaeEpoch(options)
        {
            RunId = "", Epoch = 1, Reconstruction = 0, KlDivergence = 0, TestElbo = null, ValidationElbo = null, KlWeight = 1, StepSize = 1, Seconds = 1, SamplesPerSecond = 1,
            DataSet = "", TrainCount = 1, ValidationCount = 0, TestCount = 0,
        };
        foreach (Setting setting in VaeSettings.Table.All)
            Assert.Equal(VaeSettings.Table.TextOf(setting, options), Convert.ToString(typeof(VaeEpoch).GetProperty(setting.Name)!.GetValue(row), System.Globalization.CultureInfo.InvariantCulture));
    }

    [Fact]
    public void Every_default_is_allowed_and_every_choice_is_accepted()
    {
        new VaeOptions().Validate();
        foreach (Setting setting in VaeSettings.Table.All)
        {
            Assert.True(setting.Allowed.Holds(VaeSettings.Table.DefaultOf(setting)), setting.Name);
            Assert.All(setting.Allowed.Names, name => Assert.True(setting.Allowed.Holds(name.ToUpperInvariant()), $"{setting.Name} {name}"));
            Assert.All(setting.Allowed.Names, name => Assert.Equal(name, setting.Allowed.Spelled(name.ToUpperInvariant())));
            Assert.Matches(@"^[A-Z].*\.$", setting.Help);
        }
    }
}
