using Tuning.Testing;

namespace Tuning.Tests.Loggers;

public sealed class PublicApiTests
{
    [Fact]
    public void Public_surface_is_what_was_approved() =>
        Approved.Matches("tests/Loggers.Tests/Approved/Tuning.Loggers.approved.txt", PublicApi.Of(typeof(Tuning.Loggers.JsonLogger).Assembly));
}
