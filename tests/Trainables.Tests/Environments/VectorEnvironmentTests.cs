using Tuning.Environments;
using Tuning.Randomness;

namespace Tuning.Tests.Environments;

public sealed class VectorEnvironmentTests
{
    private static readonly SeedPath _place = SeedPath.Of(42) / "runner" / 0;

    [Fact]
    public void Each_copy_draws_from_the_stream_of_its_path()
    {
        using var copies = new VectorEnvironment(EnvironmentRegistry.Get("CartPole-v1"), ParameterSet.Empty, 5, _place);
        using var alone = EnvironmentRegistry.Create("CartPole-v1");
        var one = new float[4];
        var two = new float[4];
        Reset(copies, 4, one);
        Reset(copies, 3, one);
        alone.Reset((SeedPath.Of(42) / "runner" / 0 / "env" / 3).Stream(), two);

        Assert.Equal(two, one);
    }

    [Fact]
    public void Copy_keeps_its_luck_whatever_the_others_do()
    {
        using var copies = new VectorEnvironment(EnvironmentRegistry.Get("Pendulum-v1"), ParameterSet.Empty, 2, _place);
        using var others = new VectorEnvironment(EnvironmentRegistry.Get("Pendulum-v1"), ParameterSet.Empty, 8, _place);
        var one = new float[3];
        var two = new float[3];
        Reset(others, 7, two);
        Reset(others, 0, two);
        for (var i = 0; i < 3; i++)
        {
            Reset(copies, 1, one);
            Reset(others, 1, two);
        }

        Assert.Equal(two, one);
    }

    [Fact]
    public void State_and_stream_of_a_copy_move_to_another()
    {
        using var copies = new VectorEnvironment(EnvironmentRegistry.Get("Acrobot-v1"), ParameterSet.Empty, 2, _place);
        var one = new float[6];
        var two = new float[6];
        Reset(copies, 0, one);
        Reset(copies, 1, two);
        copies.Step(0, [2f], one);
        copies.RestoreStream(1, copies.SaveStream(0));
        copies.RestoreState(1, copies.SaveState(0)!);
        copies.Step(0, [0f], one);
        copies.Step(1, [0f], two);
        Assert.Equal(one, two);
        Reset(copies, 0, one);
        Reset(copies, 1, two);
        Assert.Equal(one, two);
    }

    [Fact]
    public void Copies_must_have_the_same_spaces()
    {
        var made = 0;
        var error = Assert.Throws<InvalidOperationException>(() =>
            new VectorEnvironment(new("varied", _ => new IdentityEnvironment(++made), null, null), ParameterSet.Empty, 2, _place));

        Assert.Contains("Copy 1 of the environment varied has other spaces", error.Message);
    }

    private static void Reset(VectorEnvironment copies, int copy, float[] observation) => copies.Reset(copy).Observation(0).CopyTo(observation);
}
