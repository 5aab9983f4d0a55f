using Tuning.Distributions;
using Tuning.Modules;
using Tuning.Randomness;

namespace Tuning.Tests.Modules;

public sealed class ModuleRegistryTests
{
    private static readonly ModuleSpec _spec = new(2, ActionDistribution.Categorical(3), new() { HiddenLayers = [8] });

    [Fact]
    public void Create_default_is_there_from_the_start()
    {
        var module = ModuleRegistry.Create(ModuleRegistry.DefaultName, _spec, new RandomStream(1));

        Assert.IsType<DefaultPpoModule>(module);
        Assert.Equal(2, module.ObservationSize);
    }

    [Fact]
    public void Register_a_second_time_throws()
    {
        ModuleRegistry.Register("registry-test", (spec, random) => new DefaultPpoModule(spec, random));

        Assert.Contains("registry-test", ModuleRegistry.Names);
        Assert.Throws<InvalidOperationException>(() => ModuleRegistry.Register("registry-test", (spec, random) => new DefaultPpoModule(spec, random)));
    }

    [Fact]
    public void Create_unknown_lists_the_known()
    {
        var error = Assert.Throws<ArgumentException>(() => ModuleRegistry.Create("nope", _spec, new RandomStream(1)));

        Assert.Contains("nope", error.Message);
        Assert.Contains("default", error.Message);
    }
}
