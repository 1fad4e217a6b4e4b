using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;

namespace Gatehouse.Control.Api;

/// <summary>The OpenAPI 3.1 document of the routes, made of the route table and the types of its bodies and answers.</summary>
internal static class OpenApiDocument
{
    /// <summary>Writes it.</summary>
    public static void Write(Utf8JsonWriter json, IEnumerable<ApiRoute> routes) => Of(routes).WriteTo(json);

    /// <summary>Makes it.</summary>
    public static JsonObject Of(IEnumerable<ApiRoute> routes)
    {
        var (paths, schemas) = (new JsonObject(), new JsonObject());
        Name(typeof(ApiProblem), schemas);
        foreach (var route in routes)
        {
            if (paths[route.Pattern] is not JsonObject path) paths[route.Pattern] = path = [];
            path[route.Method.ToLowerInvariant()] = Operation(route, schemas);
        }

        return new JsonObject
        {
            ["openapi"] = "3.1.0",
            ["info"] = new JsonObject { ["title"] = "Gatehouse administration", ["version"] = "1" },
            ["paths"] = paths,
            ["components"] = new JsonObject
            {
                ["securitySchemes"] = new JsonObject { ["token"] = new JsonObject { ["type"] = "http", ["scheme"] = "bearer" } },
                ["schemas"] = schemas,
            },
        };
    }

    private static JsonObject Operation(ApiRoute route, JsonObject schemas)
    {
        var parameters = new JsonArray();
        foreach (var place in route.Places) parameters.Add(Parameter(place, "path", isRequired: true));
        foreach (var name in route.Query) parameters.Add(Parameter(name, "query", isRequired: false));
        var done = new JsonObject { ["description"] = route.Status == 204 ? "Done." : "The answer." };
        if (route.Status != 204) done["content"] = Content("application/json", route.Answer is { } answer ? Reference(answer, schemas) : new JsonObject { ["type"] = "object" });
        if (route.Query.Contains("format")) done["content"]!["text/csv"] = new JsonObject { ["schema"] = new JsonObject { ["type"] = "string" } };
        var operation = new JsonObject
        {
            ["summary"] = route.Summary,
            ["description"] = $"For {Words(route.Who)}.",
            ["parameters"] = parameters,
            ["security"] = route.Who == Opens.Everyone ? [] : new JsonArray(new JsonObject { ["token"] = new JsonArray() }),
            ["responses"] = new JsonObject
            {
                [$"{route.Status}"] = done,
                ["default"] = new JsonObject
                {
                    ["description"] = "What went wrong.",
                    ["content"] = Content("application/problem+json", Reference(typeof(ApiProblem), schemas)),
                },
            },
        };
        if (route.Body is { } body)
            operation["requestBody"] = new JsonObject { ["required"] = true, ["content"] = Content("application/json", Reference(body, schemas)) };
        return operation;
    }

    /// <summary>Who may call a route, for people.</summary>
    public static string Words(Opens who) => who switch
    {
        Opens.Everyone => "everyone",
        Opens.Admins => "administrators",
        Opens.Runners => "the workspace's runner",
        Opens.PeopleAndRunners => "users and the workspace's runner",
        Opens.Workspaces => "a workspace's harness",
        _ => "users",
    };

    private static JsonObject Parameter(string name, string place, bool isRequired) => new()
    {
        ["name"] = name,
        ["in"] = place,
        ["required"] = isRequired,
        ["schema"] = new JsonObject { ["type"] = "string" },
    };

    private static JsonObject Content(string type, JsonNode schema) => new() { [type] = new JsonObject { ["schema"] = schema } };

    private static JsonObject Reference(Type type, JsonObject schemas) => new() { ["$ref"] = $"#/components/schemas/{Name(type, schemas)}" };

    private static string Name(Type type, JsonObject schemas)
    {
        var name = type.IsGenericType ? $"ListOf{type.GetGenericArguments()[0].Name}" : type.Name;
        schemas[name] ??= ApiBody.Options.GetJsonSchemaAsNode(type, new JsonSchemaExporterOptions { TreatNullObliviousAsNonNullable = true });
        return name;
    }
}
