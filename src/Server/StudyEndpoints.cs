using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Tuning.Server.Web;

namespace Tuning.Server;

/// <summary>The requests that a study answers, in JSON.</summary>
internal sealed class StudyEndpoints(StudyDesk desk)
{
    /// <summary>The path that needs no token.</summary>
    public const string Health = "/health";

    private const int MostAsked = 1000;
    private const int LongestWait = 300;
    private const int DefaultWait = 30;
    private const int LongestName = 200;
    private const int LongestMessage = 2000;
    private const double LongestLease = 1e6;

    private static readonly Lazy<byte[]> _description = new(() =>
    {
        using var stream = typeof(StudyEndpoints).Assembly.GetManifestResourceStream("openapi.json")!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    });

    /// <summary>Adds them.</summary>
    public void Map(WebApplication application)
    {
        application.MapPost("/ask", (RequestDelegate)AskAsync);
        application.MapPost("/report", (RequestDelegate)ReportAsync);
        application.MapPost("/tell", (RequestDelegate)TellAsync);
        application.MapPost("/heartbeat", (RequestDelegate)HeartbeatAsync);
        application.MapGet("/study", (RequestDelegate)(context => Answer(context, writer => StudyAnswers.Study(writer, desk))));
        application.MapGet("/best", (RequestDelegate)(context => Answer(context, writer => StudyAnswers.Best(writer, desk))));
        application.MapGet("/trials", (RequestDelegate)TrialsAsync);
        application.MapGet("/trials/{number}", (RequestDelegate)TrialAsync);
        application.MapGet("/openapi.json", (RequestDelegate)DescribeAsync);
        application.MapGet(Health, (RequestDelegate)HealthAsync);
    }

    private async Task AskAsync(HttpContext context)
    {
        using var body = await JsonRequest.ReadAsync(context).ConfigureAwait(false);
        var ask = new AskRequest(
            (int)(body.Whole("count", 1, MostAsked) ?? 1),
            TimeSpan.FromSeconds(body.Number("wait_s", 0, LongestWait) ?? DefaultWait),
            body.Number("lease_s", 0.1, LongestLease) is { } lease ? TimeSpan.FromSeconds(lease) : null,
            body.Text("request", LongestName),
            body.Text("client", LongestName));
        body.Close();
        var answer = await desk.AskAsync(ask, context.RequestAborted).ConfigureAwait(false);
        await Answer(context, writer => StudyAnswers.Asked(writer, answer)).ConfigureAwait(false);
    }

    private async Task ReportAsync(HttpContext context)
    {
        using var body = await JsonRequest.ReadAsync(context).ConfigureAwait(false);
        var (number, attempt) = Trial(body);
        var step = body.Whole("step", 0, 1L << 53, isRequired: true);
        var metrics = Values(body, isRequired: true);
        body.Close();
        var answer = desk.Report(attempt, number, step!.Value, () => metrics!);
        await Answer(context, writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("answer", answer.Stops ? "stop" : "continue");
            if (answer.Reason is { } reason)
            {
                writer.WriteString("reason", reason);
            }

            writer.WriteBoolean("repeated", answer.Repeated);
            writer.WriteEndObject();
        }).ConfigureAwait(false);
    }

    private async Task TellAsync(HttpContext context)
    {
        using var body = await JsonRequest.ReadAsync(context).ConfigureAwait(false);
        var (number, attempt) = Trial(body);
        var failure = body.Text("failed", LongestMessage);
        var metrics = Values(body, isRequired: false);
        if (failure is not null && metrics is not null)
        {
            body.Add("failed", "A trial that failed has no value; give one of both.");
        }

        body.Close();
        var answer = desk.Tell(attempt, number, metrics, failure);
        await Answer(context, writer =>
        {
            writer.WriteStartObject();
            writer.WriteNumber("trial", number);
            writer.WriteString("status", answer.Status);
            writer.WriteBoolean("recorded", answer.Recorded);
            writer.WriteBoolean("repeated", answer.Repeated);
            writer.WriteEndObject();
        }).ConfigureAwait(false);
    }

    private async Task HeartbeatAsync(HttpContext context)
    {
        using var body = await JsonRequest.ReadAsync(context).ConfigureAwait(false);
        var (number, attempt) = Trial(body);
        body.Close();
        desk.Heartbeat(attempt, number);
        await Answer(context, writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("answer", "continue");
            writer.WriteEndObject();
        }).ConfigureAwait(false);
    }

    private Task TrialsAsync(HttpContext context)
    {
        var (after, limit) = (Query(context, "after", -1, -1, int.MaxValue), Query(context, "limit", 1000, 1, 10_000));
        var status = context.Request.Query["status"] is [{ } word] ? word : null;
        if (status is not null && !TrialView.Words.Contains(status))
        {
            throw new ProblemException(StatusCodes.Status422UnprocessableEntity, "invalid-query",
                $"status is '{status}'; it must be one of: {string.Join(", ", TrialView.Words)}.");
        }

        foreach (var key in context.Request.Query.Keys)
        {
            if (key is not ("after" or "limit" or "status"))
            {
                throw new ProblemException(StatusCodes.Status422UnprocessableEntity, "invalid-query",
                    $"'{key}' is no parameter of this request.{NearestName.For(key, ["after", "limit", "status"], "parameters")}");
            }
        }

        return Answer(context, writer => StudyAnswers.Trials(writer, desk, after, limit, status));
    }

    private Task TrialAsync(HttpContext context)
    {
        var text = (string)context.Request.RouteValues["number"]!;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && desk.Study.Loop.Find(new(number)) is not null
            ? Answer(context, writer => StudyAnswers.Trial(writer, desk, number))
            : throw new ProblemException(StatusCodes.Status404NotFound, "no-trial", $"There is no trial '{text}'.");
    }

    private Task HealthAsync(HttpContext context)
    {
        var isBroken = desk.Study.Loop.Fault is not null;
        context.Response.StatusCode = isBroken ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status200OK;
        return Answer(context, writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("status", isBroken ? "failed" : "ok");
            writer.WriteEndObject();
        });
    }

    private static Task DescribeAsync(HttpContext context)
    {
        context.Response.ContentType = "application/json";
        return context.Response.Body.WriteAsync(_description.Value, context.RequestAborted).AsTask();
    }

    private static Task Answer(HttpContext context, Action<Utf8JsonWriter> write) => JsonAnswer.WriteAsync(context, write);

    private static (int Number, Handle? Attempt) Trial(JsonRequest body)
    {
        var number = (int)(body.Whole("trial", 0, int.MaxValue, isRequired: true) ?? 0);
        return (number, body.Whole("attempt", 1, int.MaxValue) is { } attempt ? new(number, (int)attempt) : null);
    }

    // One of three ways to say values; null for none.
    private Metrics? Values(JsonRequest body, bool isRequired)
    {
        var (value, values, metrics) = (body.Numbers("value", isList: false), body.Numbers("values", isList: true), body.Metrics("metrics"));
        var objectives = desk.Study.Loop.Info.Objectives;
        if ((value is null ? 0 : 1) + (values is null ? 0 : 1) + (metrics is null ? 0 : 1) is var given && given > 1)
        {
            body.Add("value", "Give one of 'value', 'values' and 'metrics'.");
        }
        else if (given == 0 && isRequired)
        {
            body.Add("value", "There is no value: give 'value', 'values' or 'metrics'.");
        }

        var numbers = value ?? values;
        if (numbers is null || metrics is not null)
        {
            return metrics;
        }

        if (numbers.Count != objectives.Length && (value is null || !isRequired))
        {
            body.Add(value is null ? "values" : "value", Invariant($"{numbers.Count} values were given, and the study has {objectives.Length} objectives: ")
                + $"{string.Join(", ", objectives)}.");
            return null;
        }

        var read = new Metrics(numbers.Count);
        for (var i = 0; i < numbers.Count; i++)
        {
            read[objectives[i].Metric] = numbers[i];
        }

        return read;
    }

    private static int Query(HttpContext context, string name, int absent, int least, int most) => context.Request.Query[name] switch
    {
        [] => absent,
        [{ } text] when int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            => number,
        var given => throw new ProblemException(StatusCodes.Status422UnprocessableEntity, "invalid-query",
            Invariant($"{name} is '{given}'; it must be a whole number from {least} to {most}.")),
    };
}
