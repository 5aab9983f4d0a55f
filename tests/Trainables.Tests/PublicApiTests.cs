using Tuning.Testing;

namespace Tuning.Tests;

public sealed class PublicApiTests
{
    [Fact]
    public void Public_surface_is_what_was_approved() =>
        Approved.Matches("tests/Trainables.Tests/Approved/Tuning.Trainables.approved.txt", PublicApi.Of(typeof(Algorithm).Assembly));
}
