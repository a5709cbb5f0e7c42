namespace ReparamPS.Cmdlets.Tests;

/// <summary>Texts of objects: Compare-Object, Group-Object and Select-Object -Unique compare by these.</summary>
[Collection(ModuleCollection.Name)]
public sealed class ObjectTextTests(ModuleRunspace module)
{
    [Fact]
    public void No_object_of_a_cmdlet_has_the_name_of_its_class_as_text()
    {
        Type[] types = [.. module.Run("Get-Command -Module ReparamPS -CommandType Cmdlet | ForEach-Object { $_.OutputType.Type } | Where-Object { $_ }")
            .Select(type => (Type)type.BaseObject).Distinct().Where(type => type.Namespace!.StartsWith("ReparamPS.", StringComparison.Ordinal))];
        Assert.True(types.Length > 60);
        Assert.DoesNotContain(types, type => type.GetMethod(nameof(ToString), [])!.DeclaringType == typeof(object));
    }

    [Theory]
    [InlineData("Invoke-VaeTraining -Epochs 1 -HiddenSize 4 -LatentSize 2 -Seed 1", "Invoke-VaeTraining -Epochs 1 -HiddenSize 4 -LatentSize 2 -Seed 2")]
    [InlineData("New-NormalDistribution | Invoke-RSample -Count 3 -Seed 1", "New-NormalDistribution | Invoke-RSample -Count 3 -Seed 2")]
    [InlineData("New-NormalDistribution | Invoke-RSample -Count 3 -Seed 1", "New-NormalDistribution | Invoke-RSample -Count 3 -Seed 1 -Generator Philox")]
    [InlineData("New-LinearPolicy 1, 2", "New-LinearPolicy 1, 2.00000001")]
    [InlineData("New-LinearPolicy 1, 2 -Scale 0.5", "New-LinearPolicy 1, 2 -Scale 0.25")]
    [InlineData("New-NeuralPolicy -Seed 1", "New-NeuralPolicy -Seed 2")]
    [InlineData("New-ControlProblem Lqr -A 1 -B 1 -Q 1 -R 1", "New-ControlProblem Lqr -A 1 -B 1 -Q 1 -R 2")]
    [InlineData("New-ControlProblem Lqr -A 1 -B 1 -Q 1 -R 1", "New-ControlProblem Lqr -A 1 -B 1 -Q 1 -R 1 -Horizon 7")]
    [InlineData("New-ControlProblem Pendulum", "New-ControlProblem Pendulum -Discount 0.9")]
    [InlineData("New-BayesianModel @{ X = New-NormalDistribution } { param($p) -$p.X.pow(2) } | Invoke-VariationalInference -Seed 1", "New-BayesianModel @{ X = New-NormalDistribution } { param($p) -$p.X.pow(4) } | Invoke-VariationalInference -Seed 1")]
    public void Objects_that_differ_have_texts_that_differ(string one, string other)
    {
        string[] Texts(string script) => [.. module.Run(script).Select(result => result.BaseObject.ToString()!)];
        string text = Assert.Single(Texts(one));
        Assert.Equal(text, Assert.Single(Texts(one)));
        Assert.NotEqual(text, Assert.Single(Texts(other)));
        Assert.DoesNotContain("System.", text, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', text);
    }

    [Fact]
    public void Models_and_images_of_different_trainings_have_texts_that_differ()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("reparamps-texts-");
        try
        {
            module.Run("1, 2 | ForEach-Object { $null = Invoke-VaeTraining -Epochs $_ -HiddenSize 4 -LatentSize 2 -Seed 1 -OutPath \"$folder/$_\" }", ("folder", folder.FullName));
            string[] Texts(string script) => [.. module.Run(script, ("folder", folder.FullName)).Select(result => result.BaseObject.ToString()!)];
            Assert.Equal(2, Texts("1, 2, 2 | ForEach-Object { Import-VaeModel \"$folder/$_\" }").Distinct().Count());
            Assert.Equal(3, Texts("$m = Import-VaeModel \"$folder/1\"; Invoke-VaeSampling $m -Count 2 -Seed 1; Invoke-VaeSampling $m -Count 1 -Seed 2; Invoke-VaeSampling $m -Count 1 -Seed 1").Distinct().Count());
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
