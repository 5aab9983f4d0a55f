using Tuning.Testing;

namespace Tuning.Tests.Architecture;

public sealed class PublicApiTests
{
    [Theory]
    [InlineData(typeof(Tuner))]
    [InlineData(typeof(TunerCommandLine))]
    public void Public_surface_is_what_was_approved(Type one) =>
        Approved.Matches($"tests/Tuner.Tests/Approved/{one.Assembly.GetName().Name}.approved.txt", PublicApi.Of(one.Assembly));
}
