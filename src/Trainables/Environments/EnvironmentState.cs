namespace Tuning.Environments;

/// <summary>Turns the states of our own environments into JSON and back, exactly: NaN and infinities by name, names in snake_case.</summary>
internal static class EnvironmentState
{
    private static readonly JsonSerializerOptions _options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectRequiredConstructorParameters = true,
    };

    public static JsonElement Save<T>(T state) => JsonSerializer.SerializeToElement(state, _options);

    public static T Restore<T>(JsonElement state)
        where T : class
    {
        try
        {
            return state.Deserialize<T>(_options) ?? throw new JsonException("it is null");
        }
        catch (JsonException e)
        {
            throw new ArgumentException($"The state {state.GetRawText()} is not one of a {(typeof(T).DeclaringType ?? typeof(T)).Name}: "
                + $"{e.Message}", nameof(state), e);
        }
    }
}
