using Tuning.Hosting;

namespace Tuning.Tests.Hosting;

public sealed class TunerDefaultsTests
{
    [Fact]
    public void Type_that_the_setting_names_is_made() => Assert.IsType<Nothing>(TunerDefaults.Named(typeof(Nothing).AssemblyQualifiedName!));

    [Theory]
    [InlineData("My.Defaults, My.Assembly")]
    [InlineData("System.Text.StringBuilder")]
    public void What_is_no_such_type_is_an_error_that_names_the_setting(string name)
    {
        var e = Assert.Throws<InvalidOperationException>(() => TunerDefaults.Named(name));
        Assert.StartsWith($"The runtime setting Tuning.Defaults is '{name}'; it must name a type", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void Without_the_package_and_with_an_empty_setting_there_are_none(string? setting) => Assert.Null(TunerDefaults.Find(setting));

    public sealed class Nothing : ITunerDefaults
    {
        public void Configure(TunerBuilder tuner)
        {
        }
    }
}
