using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Tuning.Dashboard.Projection;
using Tuning.Dashboard.Storage;
using Tuning.Running;
using Tuning.Server.Web;
using Tuning.Spaces.Expressions;

namespace Tuning.Dashboard;

/// <summary>What the page asks for. All of it only reads.</summary>
internal sealed class DashboardEndpoints(ExperimentStore store, PageAccess? access, Func<IReadOnlyList<string>, string> command)
{
    // No script but the page's own, nothing from elsewhere, in no frame.
    private const string Policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private const int MostHistory = 60;
    private const int MostDecisions = 1000;

    private static readonly TimeSpan _patience = TimeSpan.FromMilliseconds(400);

    /// <summary>Adds it.</summary>
    public void Map(WebApplication application)
    {
        application.MapGet("/", (RequestDelegate)(context => FileAsync(context, "index.html")));
        foreach (var name in PageFiles.All.Keys.Where(n => n != "index.html"))
        {
            application.MapGet("/" + name, (RequestDelegate)(context => FileAsync(context, name)));
        }

        application.MapGet(PageAccess.OpenPath, (RequestDelegate)OpenAsync);
        application.MapGet("/api/experiments", (RequestDelegate)ListAsync);
        application.MapGet("/api/events", (RequestDelegate)EventsAsync);
        Map(application, "", (context, experiment, projection) => Json.Of(writer =>
            ExperimentAsJson.Whole(writer, experiment.Id, projection, JournalLock.CurrentOwner(experiment.Directory) is not null)));
        Map(application, "/curves", Curves, "application/octet-stream");
        Map(application, "/decisions", Decisions);
        Map(application, "/filter", Filter);
        Map(application, "/trials.csv", (_, _, projection) => Csv(projection), "text/csv; charset=utf-8");
        Map(application, "/trials/{trial}", (context, _, projection) => Json.Of(writer =>
            TrialAsJson.Write(writer, projection, Trial(context, projection), command)));
        Map(application, "/trials/{trial}/history", (context, _, projection) => TrialAsJson.History(projection, Trial(context, projection).Id,
            (int)Number(context, "from", 0, 0, int.MaxValue), (int)Number(context, "count", 24, 1, MostHistory), context.Request.Query["search"].ToString(),
            context.RequestAborted));
        Map(application, "/trials/{trial}/output", Output, "text/plain; charset=utf-8");
    }

    private static byte[] Curves(HttpContext context, StoredExperiment experiment, ExperimentProjection projection)
    {
        var metric = context.Request.Query["metric"].ToString();
        var set = projection.Curves(metric, context.RequestAborted)
            ?? throw NotFound("metric", $"No trial reported '{Shortened(metric)}'." + NearestName.For(metric, projection.Metrics, "metrics"));
        context.Response.Headers["X-Version"] = projection.Lines.ToString(CultureInfo.InvariantCulture);
        return set.Columns(Number(context, "after", 0, 0, long.MaxValue));
    }

    private static byte[] Decisions(HttpContext context, StoredExperiment experiment, ExperimentProjection projection)
    {
        var kind = context.Request.Query["kind"].ToString();
        var search = context.Request.Query["search"].ToString();
        var skip = (int)Number(context, "skip", 0, 0, int.MaxValue);
        var limit = (int)Number(context, "limit", 200, 1, MostDecisions);
        var found = Enumerable.Reverse(projection.Decisions).Where(d => (kind.Length == 0 || d.Name == kind)
            && (search.Length == 0 || d.Reason.Contains(search, StringComparison.OrdinalIgnoreCase) || d.Trial?.ToString() == search
                || d.Trial?.Number.ToString(CultureInfo.InvariantCulture) == search)).ToList();
        return Json.Of(writer =>
        {
            writer.WriteStartObject();
            writer.WriteNumber("total", found.Count);
            writer.WriteNumber("all", projection.DecisionCount);
            writer.List("kinds", projection.Decisions.GroupBy(d => d.Name).OrderByDescending(g => g.Count()), static (w, g) =>
            {
                w.WriteStartArray();
                w.WriteStringValue(g.Key);
                w.WriteNumberValue(g.Count());
                w.WriteEndArray();
            });
            writer.List("decisions", found.Skip(skip).Take(limit), ExperimentAsJson.Decision);
            writer.WriteEndObject();
        });
    }

    private static byte[] Filter(HttpContext context, StoredExperiment experiment, ExperimentProjection projection)
    {
        try
        {
            var formula = Formula.Parse(context.Request.Query["q"].ToString());
            var matching = TrialScope.Matching(formula, projection).ToList();
            return Json.Of(writer =>
            {
                writer.WriteStartObject();
                writer.List("trials", matching, static (w, t) => w.WriteNumberValue(t));
                writer.WriteEndObject();
            });
        }
        catch (Exception e) when (e is ExpressionException or FormatException or ArgumentException)
        {
            throw new ProblemException(StatusCodes.Status422UnprocessableEntity, "filter", e.Message);
        }
    }

    private static byte[] Csv(ExperimentProjection projection)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        projection.Results().ToTable().WriteCsv(text, forSpreadsheet: true);
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static byte[] Output(HttpContext context, StoredExperiment experiment, ExperimentProjection projection)
    {
        var file = TrialOutput.Files.FirstOrDefault(f => f == context.Request.Query["file"])
            ?? throw NotFound("file", $"file is none of {string.Join(", ", TrialOutput.Files)}.");
        try
        {
            return Encoding.UTF8.GetBytes(TrialOutput.Tail(Path.Combine(experiment.Directory, Trial(context, projection).Id.DirectoryName), file));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw NotFound("file", $"{file} cannot be read: {e.Message}");
        }
    }

    private static TrialView Trial(HttpContext context, ExperimentProjection projection) =>
        int.TryParse(context.Request.RouteValues["trial"] as string, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        && projection.Trial(number) is { } found ? found
            : throw NotFound("trial", $"There is no trial '{Shortened(context.Request.RouteValues["trial"] as string)}'.");

    private static long Number(HttpContext context, string name, long standard, long least, long most)
    {
        var text = context.Request.Query[name].ToString();
        return text.Length == 0 ? standard
            : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most ? number
            : throw new ProblemException(StatusCodes.Status400BadRequest, "query",
                $"{name} is '{Shortened(text)}'; it must be a number from {least} to {most}.");
    }

    private static ProblemException NotFound(string code, string detail) => new(StatusCodes.Status404NotFound, code, detail);

    private static string Shortened(string? text) => text is { Length: > 80 } ? text[..80] + "…" : text ?? "";

    private static async Task SendAsync(HttpContext context, byte[] bytes, string type)
    {
        context.Response.ContentType = type;
        context.Response.ContentLength = bytes.Length;
        context.Response.Headers.ContentSecurityPolicy = Policy;
        await context.Response.Body.WriteAsync(bytes, context.RequestAborted).ConfigureAwait(false);
    }

    private static Task FileAsync(HttpContext context, string name)
    {
        var file = PageFiles.All[name];
        context.Response.Headers["Referrer-Policy"] = "no-referrer";
        var compressed = context.Request.Headers.AcceptEncoding.ToString().Contains("gzip", StringComparison.OrdinalIgnoreCase);
        if (compressed)
        {
            context.Response.Headers.ContentEncoding = "gzip";
        }

        return SendAsync(context, compressed ? file.Compressed : file.Content, file.ContentType);
    }

    private Task OpenAsync(HttpContext context)
    {
        if (access is null)
        {
            context.Response.Redirect("/");
        }
        else
        {
            access.Open(context);
        }

        return Task.CompletedTask;
    }

    private void Map(WebApplication application, string path, Func<HttpContext, StoredExperiment, ExperimentProjection, byte[]> answer,
        string type = "application/json") => application.MapGet("/api/experiments/{id}" + path, (RequestDelegate)(async context =>
        {
            var id = context.Request.RouteValues["id"] as string ?? "";
            var experiment = store.Get(id) ?? throw NotFound("experiment", $"There is no experiment '{Shortened(id)}' in {store.DirectoryPath}.");
            byte[]? bytes = null;
            if (!experiment.Read(store.NextUse(), p => bytes = answer(context, experiment, p)))
            {
                var patience = Task.Delay(_patience, store.Time, context.RequestAborted);
                await Task.WhenAny(experiment.OpenAsync(store.End), patience).ConfigureAwait(false);
                experiment.Read(store.NextUse(), p => bytes = answer(context, experiment, p));
            }

            if (bytes is null)
            {
                // The page draws a bar and asks again.
                context.Response.StatusCode = StatusCodes.Status202Accepted;
                bytes = Json.Of(writer =>
                {
                    writer.WriteStartObject();
                    writer.WriteNumber("loading", experiment.Progress);
                    writer.WriteString("error", experiment.Error);
                    writer.WriteEndObject();
                });
            }

            await SendAsync(context, bytes, context.Response.StatusCode == StatusCodes.Status202Accepted ? "application/json" : type).ConfigureAwait(false);
        }));

    private Task ListAsync(HttpContext context) => SendAsync(context, Json.Of(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("storage", store.DirectoryPath);
        writer.WriteBoolean("isOne", store.IsOne);
        writer.List("experiments", store.All(), static (w, e) =>
        {
            if (e.Row is { } row)
            {
                w.WriteRawValue(row, skipInputValidation: true);
                return;
            }

            w.WriteStartObject();
            w.WriteString("id", e.Id);
            w.WriteString("error", e.Error);
            w.WriteNumber("loading", e.Progress);
            w.WriteEndObject();
        });
        writer.WriteEndObject();
    }), "application/json");

    // Which experiments have changed, as it happens; a page asks for what it shows.
    private async Task EventsAsync(HttpContext context)
    {
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.ContentSecurityPolicy = Policy;
        using var both = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, store.End);
        var cancellationToken = both.Token;
        try
        {
            await context.Response.WriteAsync(": hello\n\n", cancellationToken).ConfigureAwait(false);
            await context.Response.Body.FlushAsync(cancellationToken).ConfigureAwait(false);
            while (true)
            {
                var change = store.NextChange;
                var id = await Task.WhenAny(change, Task.Delay(TimeSpan.FromSeconds(15), store.Time, cancellationToken)).ConfigureAwait(false) == change
                    ? await change.ConfigureAwait(false) : null;
                cancellationToken.ThrowIfCancellationRequested();
                var line = id is null ? ": still here\n\n" : $"data: {JsonSerializer.Serialize(id)}\n\n";
                await context.Response.WriteAsync(line, cancellationToken).ConfigureAwait(false);
                await context.Response.Body.FlushAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The page or the server has gone.
        }
    }
}
