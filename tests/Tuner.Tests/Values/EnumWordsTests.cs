using System.Text.Json;
using System.Text.Json.Serialization;

namespace Tuning.Tests.Values;

public sealed class EnumWordsTests
{
    private enum Filter
    {
        [JsonStringEnumMemberName("NoFilter")]
        NoFilter,
        RunningMean,
        Moving = RunningMean,
    }

    [Theory]
    [InlineData("\"NoFilter\"", Filter.NoFilter)]
    [InlineData("\"running_mean\"", Filter.RunningMean)]
    [InlineData("\"RunningMean\"", Filter.RunningMean)]
    [InlineData("\"MOVING\"", Filter.RunningMean)]
    public void A_member_is_read_by_its_word_and_by_its_name(string json, object expected) =>
        Assert.Equal(expected, JsonSerializer.Deserialize<Filter>(json, ConfigurationBinder.Options));

    [Theory]
    [InlineData("1")]
    [InlineData("\"1\"")]
    [InlineData("\"no_filter\"")]
    [InlineData("null")]
    public void What_is_no_word_is_refused(string json) =>
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<Filter>(json, ConfigurationBinder.Options));

    [Fact]
    public void The_first_of_two_members_with_one_value_is_written_and_all_are_listed()
    {
        Assert.Equal("running_mean", ParameterSet.Normalize(Filter.Moving));
        Assert.Equal("{\"NoFilter\":\"running_mean\"}",
            JsonSerializer.Serialize(new Dictionary<Filter, Filter> { [Filter.NoFilter] = Filter.Moving }, ConfigurationBinder.Options));
        Assert.Equal(["NoFilter", "running_mean", "moving"], Tuning.Values.EnumWords.Of(typeof(Filter)).All);
    }

    [Fact]
    public void A_choice_in_a_file_takes_a_members_name_in_CSharp_as_the_option_does()
    {
        var read = Tuning.Values.OptionSchema.Of(typeof(Holder)).Read(ParameterSet.Parse("""{"kind": "RunningMean"}"""), out var value);
        Assert.Empty(read);
        Assert.Equal(Filter.RunningMean, ((Holder)value!).Kind);
    }

    private sealed record Holder
    {
        public Filter Kind { get; init; }
    }
}
