using Tuning.Execution;

namespace Tuning.Tests.Execution;

public sealed class TrialErrorTests
{
    [Fact]
    public void A_message_is_one_line_without_the_name_of_a_parameter_in_code()
    {
        Assert.Equal("size is 0; it must be at least 1", TrialError.OneLine(new ArgumentException("size is 0;\n it must be at least 1", "config")));
        Assert.Equal("FormatException", TrialError.OneLine(new FormatException("")));
    }
}
