using Tuning.Testing;

namespace Tuning.Tests.Architecture;

public sealed class PublicApiTests
{
    [Fact]
    public void Public_surface_is_what_was_approved() => Approved.Matches("tests/Tuner.Tests/Approved/Tuning.approved.txt", PublicApi.Of(typeof(Tuner).Assembly));
}
