using Tuning.Testing;

namespace Tuning.Tests;

/// <summary>What the assembly offers to others.</summary>
public sealed class PublicApiTests
{
    [Fact]
    public void Public_api_is_the_approved_one() =>
        Approved.Matches("tests/Torch.Tests/Approved/Tuning.Torch.approved.txt", PublicApi.Of(typeof(TorchRuntime).Assembly));
}
