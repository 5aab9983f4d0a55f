
namespace Tuning.Tests.Algorithms;

[CollectionDefinition(nameof(AllocationTests), DisableParallelization = true)]
public sealed class AllocationCollection;

/// <summary>The train core is what an iteration does but for its report: rollout, filters, statistics, advantages, epochs of gradient steps.</summary>
[Collection(nameof(AllocationTests))]
public sealed class AllocationTests
{
    [Theory]
    [InlineData(1, "Pendulum-v1")]
    [InlineData(2, "Pendulum-v1")]
    [InlineData(2, "CartPole-v1")]
    public void A_hundred_iterations_of_the_train_core_allocate_nothing(int threads, string env)
    {
        using var algorithm = Some.Ppo(env).Training(trainBatchSize: 60, minibatchSize: 32).Build(threads);
        for (var i = 0; i < 200; i++)
        {
            algorithm.TrainCore();
        }

        // The runtime and the test runner allocate now and then of their own accord, on other threads: the least of several measures is ours.
        var least = long.MaxValue;
        for (var attempt = 0; attempt < 50 && least > 0; attempt++)
        {
            var before = GC.GetTotalAllocatedBytes(precise: true);
            for (var i = 0; i < 100; i++)
            {
                algorithm.TrainCore();
            }

            least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - before);
        }

        Assert.Equal(0, least);
    }
}
