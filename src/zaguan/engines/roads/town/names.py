"""The stock that invented street and place names are drawn from. No real list of addresses went into it."""

from typing import Final

# what streets are called all over the continent: every commune has some of these
COMMON: Final = (
    "Libertad", "Independencia", "Constitución", "Estación", "Comercio", "Mercado Viejo", "Cabildo", "Catedral",
    "La Merced", "Santo Domingo", "San Francisco", "San Agustín", "San Martín", "San Pedro", "San Pablo", "San José",
    "San Antonio", "San Miguel", "San Rafael", "San Ignacio", "San Lorenzo", "San Sebastián", "Santa Rosa",
    "Santa María", "Santa Teresa", "Santa Clara", "Santa Isabel", "Santa Inés", "Santa Lucía", "Los Aromos",
    "Los Boldos", "Los Olivos", "Los Naranjos", "Los Castaños", "Los Cipreses", "Los Sauces", "Los Álamos",
    "Los Pinos", "Los Robles", "Los Laureles", "Los Nogales", "Los Almendros", "Los Ciruelos", "Los Cerezos",
    "Los Duraznos", "Los Maitenes", "Los Quillayes", "Los Peumos", "Los Canelos", "Los Copihues", "Los Claveles",
    "Los Jazmines", "Los Lirios", "Los Crisantemos", "Las Rosas", "Las Violetas", "Las Camelias", "Las Dalias",
    "Las Azucenas", "Las Hortensias", "Las Magnolias", "Las Acacias", "Las Araucarias", "Las Encinas",
    "Las Palmas", "Las Parras", "Las Higueras", "Las Lilas", "Las Golondrinas", "Las Garzas", "Las Gaviotas",
    "Las Tórtolas", "Los Zorzales", "Los Jilgueros", "Los Cóndores", "Los Queltehues", "El Trigal", "El Molino",
    "El Bosque", "El Roble", "El Peral", "El Manzano", "El Rosal", "El Mirador", "El Carmen", "El Progreso",
    "El Esfuerzo", "La Paz", "La Esperanza", "La Victoria", "La Unión", "La Viña", "La Cantera", "La Laguna",
    "La Estrella", "La Concordia", "1 de Mayo", "12 de Octubre", "8 de Marzo", "21 de Junio", "6 de Enero",
    "24 de Junio", "2 de Noviembre", "5 de Abril", "18 de Julio", "11 de Agosto", "4 de Febrero", "9 de Diciembre",
    "Nueva", "Central", "Norte", "Sur", "Oriente", "Poniente", "Del Río", "Del Puente", "Del Parque", "De la Plaza",
)  # fmt: skip
TITLES: Final = (
    "", "", "", "", "Capitán", "Doctora", "Doctor", "Profesora", "Maestro", "Almirante", "Teniente", "Coronel",
    "Poeta", "Fray", "Obispo", "Sargento", "Ingeniera", "Intendente", "Alcaldesa", "Presbítero",
)  # fmt: skip
FEMALE_TITLES: Final = ("Doctora", "Profesora", "Ingeniera", "Alcaldesa")
EITHER_TITLES: Final = ("", "Intendente", "Poeta")
MASCULINE: Final = (
    "Ernesto", "Baltasar", "Hernán", "Joaquín", "Ramiro", "Evaristo", "Anselmo", "Leandro", "Nicanor", "Octavio",
    "Tadeo", "Fermín", "Gaspar", "Lisandro", "Celedonio", "Abelardo", "Eusebio", "Matías", "Belisario", "Cipriano",
    "Damián", "Efraín", "Florencio", "Genaro", "Hilario", "Isidro", "Jacinto", "Laureano", "Macario", "Norberto",
)  # fmt: skip
FEMININE: Final = (
    "Lucía", "Amalia", "Rosario", "Clotilde", "Eloísa", "Filomena", "Gracia", "Herminia", "Inés", "Josefina",
    "Leonor", "Mercedes", "Natividad", "Olga", "Paulina", "Rebeca", "Soledad", "Trinidad", "Úrsula", "Violeta",
    "Zoila", "Adelaida", "Beatriz", "Carlota", "Dolores", "Emilia",
)  # fmt: skip
SURNAMES: Final = (
    "Arancibia", "Valdivieso", "Quiñones", "Montecinos", "Larrondo", "Urzúa", "Peñafiel", "Villalobos", "Ibarra",
    "Echeñique", "Sotomayor", "Zúñiga", "Carvallo", "Olavarría", "Retamales", "Bustamante", "Cifuentes", "Donoso",
    "Escudero", "Figueroa", "Gallardo", "Henríquez", "Jorquera", "Lizana", "Maturana", "Navarrete", "Ormeño",
    "Pizarro", "Quintanilla", "Riquelme", "Saavedra", "Tapia", "Ugarte", "Vergara", "Yáñez", "Zamorano", "Alarcón",
    "Barahona", "Catalán", "Duarte", "Espinosa", "Fuenzalida", "Garrido", "Huerta", "Inostroza", "Jerez", "Lagos",
    "Meneses", "Narváez", "Orellana", "Poblete", "Rozas", "Salinas", "Toledo", "Valenzuela", "Wilson", "Zapata",
)  # fmt: skip
# housing estates name their streets after one subject
THEMES: Final = (
    ("Río", ("Claro", "Bueno", "Blanco", "Cruces", "Perquenco", "Turbio", "Grande", "Hondo", "Manso", "Negro",
             "Quepe", "Lontué", "Pangal", "Cochamó", "Puelo", "Aconcagua", "Limarí", "Elqui", "Huasco", "Loa")),
    ("Volcán", ("Nevado", "Tronador", "Apagado", "Mellizo", "Dormido", "Azufre", "Humeante", "Cono", "Gemelo",
                "Solitario", "Pardo", "Rojizo", "Ceniza", "Planchón", "Descabezado", "Copahue", "Antuco")),
    ("Lago", ("Sereno", "Verde", "Escondido", "Espejo", "Profundo", "Azul", "Helado", "Largo", "Colico",
              "Ranco", "Rupanco", "Chapo", "Huillinco", "Natri", "Ensueño", "Pastos", "Tarahuín")),
    ("Cerro", ("Alto", "Pelado", "Colorado", "Redondo", "Chico", "Del Gallo", "Del Medio", "Bayo", "Plomizo",
               "Campana", "Dos Puntas", "Del León", "Ventoso", "Mirador", "Calvario", "Punta Blanca")),
    ("Isla", ("Quemada", "Grande", "De los Lobos", "Mocha", "Santa Elena", "Redonda", "Verde", "Butachauques",
              "Alao", "Chulín", "Lemuy", "Picton", "Nueva", "Lennox", "Guafo", "Dawson", "Navarino")),
    ("Cometa", ("Errante", "Del Alba", "Boreal", "Austral", "Mayor", "Menor", "De Plata", "Fugaz", "Lejano",
                "Azul", "Blanco", "De Enero", "De Marzo", "De Julio", "De Abril", "De Octubre")),
    ("Mina", ("La Esperanza", "La Fortuna", "San Juan", "Descubridora", "La Reina", "Rosario", "Caridad",
              "Buena Vista", "Tránsito", "Candelaria", "El Carmen", "La Plata", "Caracoles", "Del Inca")),
    ("Poeta", ("del Alba", "de la Lluvia", "del Mar", "del Trigo", "del Camino", "de la Luna", "del Silencio",
               "de Otoño", "del Vino", "del Puerto", "de la Sierra", "del Viento", "del Bosque", "de Abril")),
)  # fmt: skip
AVENUES: Final = (
    "Libertadores", "República", "Los Fundadores", "De la Independencia", "Del Congreso", "Las Américas",
    "La Alameda", "España", "Argentina", "Brasil", "Perú", "Bolivia", "Ecuador", "México", "Colombia", "Uruguay",
    "Paraguay", "Venezuela", "Costa Rica", "Cuba", "Portugal", "Italia", "Francia", "Los Héroes", "Los Carrera",
    "Los Conquistadores", "Pedro de Ubeda", "Bicentenario", "Centenario", "Universidad", "Estadio", "Hospital",
    "Ferrocarril", "Maestranza", "Matadero", "Aeródromo", "Cementerio", "Bellavista", "Buenavista", "Vista Hermosa",
    "Los Viñedos", "Las Industrias", "Los Trabajadores", "Grecia", "Cordillera", "Pacífico", "Del Valle",
    "Las Torres", "Quilín", "Pajaritos", "Trapiche", "Rinconada", "Santa Elvira", "San Cristóbal", "San Gabriel",
    "San Isidro", "Santa Amalia", "El Parrón", "El Salto", "La Marina", "La Aurora", "Las Vizcachas", "Lo Arcaya",
    "Lo Encina", "Lo Marín", "Lo Cruzat", "Lo Ovalle", "Lo Sierra", "Lo Boza", "Tres Puentes", "Cuatro Vientos",
)  # fmt: skip
COMMUNES: Final = (
    "San Bartolo", "Quebrada Honda", "Las Acequias", "Puente Viejo", "Los Maquis", "Santa Olaya", "Cerro Pardo",
    "La Ribera", "Peñablanca", "El Almendral", "Tres Esquinas", "San Telmo", "Agua Clara", "Los Hornos",
    "Pueblo Nuevo", "El Totoral", "Santa Quiteria", "Llano Alto", "Las Cadenas", "Molinos", "Rincón de Vera",
    "La Greda", "Alto Zaguán", "Portal del Sol", "Los Corrales", "Barranca", "Vega Larga", "El Arrayán",
)  # fmt: skip
VILLAGES: Final = (
    "Lo Vera", "El Sauzal", "Tres Cruces", "La Punta de Arriba", "Pichilo", "Rincón de los Olmos", "Las Tranqueras",
    "San Eusebio", "Agua Fría", "El Huape", "Los Coligües", "La Higuerilla", "Santa Leocadia", "Paso Ancho",
    "El Membrillar", "Las Lomas de Ubeda",
)  # fmt: skip
