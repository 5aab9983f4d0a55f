using Tuning.Search.Auto;

namespace Tuning.Tests.Search.Auto;

public sealed class AutoPolicyTests
{
    private static readonly AutoFacts _plain = new() { Dimensions = 5, Categories = 0, HasConditions = false, Objectives = 1, Budget = 100, Parallelism = 1 };
    private static readonly AutoSignals _smooth = new(40, 0.9, 0);

    [Fact]
    public void Few_trials_are_for_the_process_and_more_for_what_suits_the_space()
    {
        Assert.Equal(AutoEngine.GaussianProcess, Choose(_plain, AutoSignals.None, 3));
        Assert.Equal(AutoEngine.GaussianProcess, Choose(_plain, _smooth, 249));
        Assert.Equal(AutoEngine.CmaEs, Choose(_plain, _smooth, 250));
        Assert.Equal(AutoEngine.Tpe, Choose(_plain with { Categories = 1 }, _smooth, 250));
        Assert.Equal(AutoEngine.Tpe, Choose(_plain with { HasConditions = true }, _smooth, 250));
    }

    [Fact]
    public void A_process_that_predicts_badly_takes_turns()
    {
        var rough = _smooth with { Predictability = 0.2 };
        Assert.Equal([AutoEngine.GaussianProcess, AutoEngine.Tpe], Enumerable.Range(60, 2).Select(n => AutoPolicy.Choose(_plain, rough, 60, n).Engine));
        Assert.Equal(AutoEngine.GaussianProcess, AutoPolicy.Choose(_plain, rough with { Trials = 20 }, 21, 21).Engine);
        Assert.Contains("explained only 20 % of the variance of 40 trials", AutoPolicy.Choose(_plain, rough, 60, 60).Why, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_noise_need_not_be_predicted()
    {
        var noisy = _smooth with { Predictability = 0.4, NoiseShare = 0.5 };
        Assert.Equal([AutoEngine.GaussianProcess, AutoEngine.GaussianProcess],
            Enumerable.Range(60, 2).Select(n => AutoPolicy.Choose(_plain, noisy, 60, n).Engine));
        Assert.Equal(AutoEngine.Tpe, AutoPolicy.Choose(_plain, noisy with { NoiseShare = 0.1 }, 61, 61).Engine);
    }

    [Fact]
    public void Many_parameters_and_many_trials_at_once_are_for_tpe()
    {
        Assert.Equal(AutoEngine.Tpe, Choose(_plain with { Dimensions = 60 }, AutoSignals.None, 5));
        Assert.Equal(AutoEngine.Tpe, Choose(_plain with { Parallelism = 100 }, AutoSignals.None, 5));
    }

    [Fact]
    public void Several_objectives_go_from_the_process_to_density_to_genetic_search()
    {
        var two = _plain with { Objectives = 2 };
        Assert.Equal([AutoEngine.GaussianProcess, AutoEngine.Motpe, AutoEngine.Nsga2], new[] { 10, 200, 2_000 }.Select(n => Choose(two, AutoSignals.None, n)));
        Assert.Equal(AutoEngine.Motpe, Choose(two with { Objectives = 5 }, AutoSignals.None, 10));
    }

    private static AutoEngine Choose(AutoFacts facts, AutoSignals signals, int ended) => AutoPolicy.Choose(facts, signals, ended, 2L * ended).Engine;
}
