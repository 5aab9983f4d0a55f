using System.Runtime.Intrinsics;
using Tuning.Search.Numerics;

namespace Tuning.Tests.Search.Numerics;

public sealed class NormalTailTests
{
    // ln h, its derivative Φ/h, ln Φ and its derivative φ/Φ, from series and fractions in decimal numbers of 60 digits and more.
    [Theory]
    [InlineData(5, 1.6094379231264313, 0.19999994053122006, -2.8665161296376358e-07, 1.4867199409049056e-06)]
    [InlineData(1, 0.08002621884930694, 0.77663872520173927, -0.17275377902344988, 0.28759997093917838)]
    [InlineData(0.1, -0.79643133955074719, 1.1971291666918844, -0.61650501011502634, 0.73533174850578065)]
    [InlineData(0, -0.91893853320467278, 1.2533141373155003, -0.69314718055994529, 0.79788456080286541)]
    [InlineData(-0.5, -1.6205162643873199, 1.5598731483480797, -1.1759117615936185, 1.1410777703680646)]
    [InlineData(-1.99, -4.7420303643970314, 2.6712162950643057, -3.7594964544896894, 2.3643612982025202)]
    [InlineData(-2, -4.7687835239171141, 2.6794168839555859, -3.7831843336820321, 2.373215532822841)]
    [InlineData(-2.01, -4.7956187275122684, 2.687625103690539, -3.8069607849314817, 2.3820757030535398)]
    [InlineData(-2.999, -7.8661541622755973, 3.5314571449360526, -6.6044435875705796, 3.2821692298557137)]
    [InlineData(-3, -7.8696860596030289, 3.5323375176251606, -6.6077262215103492, 3.2830986549304364)]
    [InlineData(-3.5, -9.7468100377653872, 3.9778629562409455, -8.3660653083440923, 3.7513912648576997)]
    [InlineData(-8, -37.122364261692631, 8.2393965068400661, -35.013437159914552, 8.1213681122361123)]
    [InlineData(-12, -77.909100545007348, 12.16335257158574, -75.410673001568796, 12.082214175254284)]
    [InlineData(-20, -206.91783850942511, 20.099262811101283, -203.91715537109727, 20.049753068527849)]
    public void Values_equal_those_of_sixty_digits(double z, double logImprovement, double improvementSlope, double logProbability, double probabilitySlope)
    {
        Assert.Equal(logImprovement, NormalTail.LogImprovement(z, out var slope), 2e-14 * Math.Max(1, Math.Abs(logImprovement)));
        Assert.Equal(improvementSlope, slope, 4e-13 * improvementSlope);
        Assert.Equal(logProbability, NormalTail.LogProbability(z, out slope), 2e-14 * Math.Max(1, Math.Abs(logProbability)));
        Assert.Equal(probabilitySlope, slope, 2e-13 * probabilitySlope);
    }

    [Fact]
    public void Values_go_on_where_the_integral_is_zero_in_doubles()
    {
        // ln h(z) → −z²/2 − ln √2π − 2 ln |z|.
        Assert.Equal(-0.5e12 - 0.91893853320467 - (2 * Math.Log(1e6)), NormalTail.LogImprovement(-1e6, out var slope), 1e-3);
        Assert.Equal(1e6, slope, 1e-3);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1e-9)]
    [InlineData(-0.3)]
    [InlineData(-1)]
    [InlineData(-17.25)]
    [InlineData(-700)]
    [InlineData(3.5)]
    public void Exponential_of_a_vector_equals_that_of_a_number(double x) =>
        Assert.Equal(Math.Exp(x), Vector512Math.Exp(Vector512.Create(x)).GetElement(3), 1e-15 * Math.Exp(x));

    [Fact]
    public void Exponential_far_below_is_zero() => Assert.Equal(0, Vector512Math.Exp(Vector512.Create(-1e5)).GetElement(0));

    [Theory]
    [InlineData(0.5, 0)]
    [InlineData(0.97724986805182079, 2)]
    [InlineData(0.15865525393145707, -1)]
    public void Quantile_inverts_the_distribution(double probability, double expected) => Assert.Equal(expected, NormalTail.Quantile(probability), 1e-12);
}
