using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Gatehouse.Control.Api;

namespace Gatehouse.Control.Tests.Api;

/// <summary>The routes as they are told to programs and to people.</summary>
public sealed partial class ApiReferenceTests
{
    [Fact]
    public void The_page_has_exactly_one_row_per_route()
    {
        var rows = File.ReadAllLines(Path.Combine(Root(), "docs", "reference", "api.md")).Where(static line => line.StartsWith("| `", StringComparison.Ordinal)
            && line.Contains("` `/api/", StringComparison.Ordinal)).Order(StringComparer.Ordinal).ToList();
        rows.ShouldBe(ApiRoutes.All.Select(Row).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_page_lists_exactly_the_codes_that_there_are()
    {
        var listed = File.ReadAllLines(Path.Combine(Root(), "docs", "reference", "api.md"))
            .SkipWhile(static line => !line.StartsWith("| code |", StringComparison.Ordinal)).Skip(2).TakeWhile(static line => line.StartsWith('|'))
            .SelectMany(static line => line.Split('|')[1].Split(',').Select(code => (Code: code.Trim().Trim('`'), Status: line.Split('|')[2].Trim()))).ToList();
        // Every word that the sources answer as a code, in whichever of their ways.
        var sources = new[] { "Gatehouse.Control/Api", "Gatehouse.Control/Edited.cs", "Gatehouse.Gateway/Server/ControlDoor.cs" }
            .Select(static path => Path.Combine(Root(), "src", path))
            .SelectMany(static path => Directory.Exists(path) ? Directory.GetFiles(path, "*.cs").Where(static file => !file.EndsWith("OpenApiDocument.cs", StringComparison.Ordinal)) : [path]).Select(File.ReadAllText);
        var told = sources.SelectMany(static source => Codes().Matches(source)).Select(static match => match.Groups["code"].Value).ToHashSet();

        listed.Select(static one => one.Code).Order(StringComparer.Ordinal).ShouldBe(told.Order(StringComparer.Ordinal));
        listed.ShouldAllBe(static one => one.Status.Length == 3);
    }

    [Fact]
    public void Every_route_is_in_the_document_with_its_places_its_body_and_its_answer()
    {
        var document = OpenApiDocument.Of(ApiRoutes.All);
        document["openapi"]!.GetValue<string>().ShouldBe("3.1.0");
        foreach (var route in ApiRoutes.All)
        {
            var operation = document["paths"]![route.Pattern]?[route.Method.ToLowerInvariant()].ShouldNotBeNull($"{route.Method} {route.Pattern}");
            var parameters = operation!["parameters"]!.AsArray().Select(static one => one!["name"]!.GetValue<string>());
            parameters.ShouldBe([.. route.Places, .. route.Query]);
            (operation["requestBody"] is not null).ShouldBe(route.Body is not null);
            operation["responses"]![$"{route.Status}"].ShouldNotBeNull();
            operation["security"]!.AsArray().Count.ShouldBe(route.Who == Opens.Everyone ? 0 : 1);
        }

        document["paths"]!.AsObject().Sum(static path => path.Value!.AsObject().Count).ShouldBe(ApiRoutes.All.Length);
    }

    [Fact]
    public void Every_reference_in_the_document_leads_to_a_schema_of_its_type()
    {
        var document = OpenApiDocument.Of(ApiRoutes.All);
        var schemas = document["components"]!["schemas"]!.AsObject();
        foreach (var target in References(document).Where(static one => one.StartsWith("#/components/", StringComparison.Ordinal)))
            schemas.ContainsKey(target.Split('/')[^1]).ShouldBeTrue(target);
        var given = schemas["CredentialGiven"]!;
        given["required"]!.AsArray().Select(static one => one!.GetValue<string>()).ShouldBe(["secret", "name", "kind"], ignoreOrder: true);
        given["additionalProperties"]!.GetValue<bool>().ShouldBeFalse();
        schemas["ListOfUserData"]!["properties"]!["items"]!["items"]!["properties"]!.AsObject().Select(static one => one.Key)
            .ShouldBe(["id", "name", "role", "providerMode", "createdAt", "disabledAt"]);
    }

    // After a status; in an arm that turns what was found out or refused into its code.
    [GeneratedRegex("""(?:(?:StatusCodes\.\w+|\b[45]\d\d),\s*|(?:AuthOutcome|EditRefusal|RefreshStatus)\.[^"\n]*=>\s*\(?(?:\d{3},\s*)?|_ =>\s*)"(?<code>[a-z]+(?:-[a-z]+)*)"(?=[,;)\s])""")]
    private static partial Regex Codes();

    private static string Row(ApiRoute route) => $"| `{route.Method}` `{route.Pattern}` | {OpenApiDocument.Words(route.Who)} | {route.Summary} |";

    private static IEnumerable<string> References(JsonNode? node) => node switch
    {
        JsonObject one => one.SelectMany(static member => member.Key == "$ref" ? [member.Value!.GetValue<string>()] : References(member.Value)),
        JsonArray several => several.SelectMany(References),
        _ => [],
    };

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "Gatehouse.slnx"))) folder = folder.Parent;
        return folder.FullName;
    }
}
